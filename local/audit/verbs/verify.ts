import { readFileSync } from "node:fs";
import type { LogVerdict } from "../../../shared/audit/fold-log.ts";
import type { OpenBundle, Openings } from "../../bundle/open.ts";
import { readTrusts } from "../../bundle/trust.ts";
import { grouped } from "../../terminal/amount.ts";
import { reading } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { showDenials } from "../denial-table.ts";
import { isAddress, logFiles } from "../log-files.ts";
import { readOwnNotes } from "../own-notes.ts";
import { fingerprints, type Unchecked, type Verdict } from "../verdict.ts";
import { type Asked, openingsGiven, verifyFolder } from "../verify-folder.ts";
import { verifyPublished } from "../verify-published.ts";

/** `audit verify DIR [--policy FILE|DIR]`: verifies a bundle offline and prints the verdict. */
export const verifyVerb = verb({
  name: "verify",
  usage: [
    "verify DIR [--policy FILE|DIR] [--from NOTE|DIR]... [--require-full]",
    "       [--key FILE | --public] [--json]",
    "verify URL --policy FILE [--token-file FILE] [--from NOTE] [--json]",
  ],
  options: {
    policy: { type: "string" },
    from: { type: "string", multiple: true },
    "require-full": { type: "boolean" },
    key: { type: "string" },
    public: { type: "boolean" },
    "token-file": { type: "string" },
  },
  operands: [1, 1],
  run: (terminal, given, [folder = ""]) => {
    const { policy, from = [], "require-full": requireFull = false, key: file } = given;
    if (isAddress(folder)) {
      if (policy === undefined) throw new Misused("a published log is verified by --policy FILE");
      if (file || requireFull) throw new Misused("a published log has no openings");
      return verifyAt(terminal, folder, policy, from, given["token-file"]);
    }
    return verify(terminal, folder, { policy, from, requireFull, how: openingsGiven(given) });
  },
});

async function verify(terminal: Terminal, folder: string, asked: Asked): Promise<number> {
  const { bundle, verdict, logs } = await verifyFolder(terminal, folder, asked);
  await print(terminal, bundle, verdict, asked.how, logs);
  terminal.result(verdict);
  return verdict.ok ? exits.ok : exits.found;
}

async function verifyAt(
  terminal: Terminal,
  address: string,
  policy: string,
  notes: readonly string[],
  tokenFile: string | undefined,
): Promise<number> {
  const trusts = reading(policy, () => readTrusts(policy));
  if (trusts.size !== 1) throw new Misused("a published log is verified by the one policy of it");
  const from = readOwnNotes(notes, trusts);
  const token = tokenFile && reading(tokenFile, () => readFileSync(tokenFile, "utf8").trim());
  const files = logFiles(address, undefined, token);
  const bar = terminal.progress("entries", 0);
  const verdict = await verifyPublished(
    files,
    trusts,
    Boolean(token),
    (entries) => bar.advance(entries),
    { from },
  );
  bar.stop();
  if (!token) terminal.line("HASHES ONLY: entries are for auditors, give --token-file FILE.");
  terminal.line(`NOT CHECKED: ${verdict.unchecked?.map((kind) => notChecked[kind]).join("; ")}.`);
  await print(terminal, { sources: [], findings: [] }, verdict, { publicOnly: true }, []);
  terminal.result(verdict);
  return verdict.ok ? exits.ok : exits.found;
}

const notChecked: Readonly<Record<Unchecked, string>> = {
  "earlier-notes": "checkpoints before the newest (hold your own to it by --from)",
  entries: "entries and their chains",
  "keys-in-force": "whether the keys that signed are those in force",
  openings: "openings, so that no act was made again",
  packs: "rule packs",
};

async function print(
  terminal: Terminal,
  bundle: OpenBundle,
  verdict: Verdict,
  how: Openings,
  logs: readonly LogVerdict[],
): Promise<void> {
  terminal.table(
    [
      { heading: "log", align: "left" },
      { heading: "entries", align: "right" },
      { heading: "root", align: "left" },
    ],
    verdict.logs.map(({ origin, size, root }) => [origin, grouped(size), `${root.slice(0, 16)}…`]),
  );
  terminal.line();
  const { decisions, reexecuted, withheld, erased, holes } = verdict;
  const hashesOnly = verdict.unchecked?.includes("entries") ?? false;
  if (!hashesOnly)
    terminal.line(
      `decisions ${grouped(decisions)}: ${grouped(reexecuted)} re-executed, ${grouped(withheld)} withheld, ${grouped(erased)} erased, ${grouped(holes)} holes`,
    );
  const other = verdict.acts.sealed - decisions;
  const skipped = verdict.acts.sealed - verdict.acts.reexecuted - (decisions - reexecuted);
  if (skipped > 0 && !how.publicOnly) {
    terminal.line(
      `other acts ${grouped(other)}: ${grouped(skipped)} not made again, being withheld, erased or holes, or resting on one`,
    );
  }
  const { files, rederived } = verdict.payments;
  if (files > 0) {
    terminal.line(`payment files ${grouped(files)}: ${grouped(rederived)} made again`);
  }
  const { breaches, unread } = verdict.clocks;
  if (breaches + unread > 0) {
    const told = unread === 0 ? "" : `; of ${grouped(unread)} claims nobody can tell`;
    terminal.line(`clocks that ran out ${grouped(breaches)}, as recorded${told}`);
  }
  const { revisions, proven, unread: closed } = verdict.imports;
  if (revisions > 0) {
    const told = closed === 0 ? "" : `, ${grouped(closed)} not opened`;
    terminal.line(`imported revisions ${grouped(revisions)}: ${grouped(proven)} proven${told}`);
  }
  for (const { origin, size, entries, findings, ...after } of verdict.since ?? []) {
    terminal.line(
      `since your note of ${origin} at ${grouped(BigInt(size))}: ${grouped(entries)} entries, ${grouped(after.decisions)} decisions, ${grouped(after.reexecuted)} re-executed, ${grouped(findings)} findings`,
    );
  }
  if (!how.publicOnly) showDenials(terminal, logs);
  for (const { origin, index, file, code, expected, found } of verdict.findings.slice(0, 50)) {
    const place = [origin, index === null ? undefined : `entry ${index}`, file];
    terminal.line(`✗ ${place.filter((part) => part).join(" · ")}: ${code}`);
    terminal.line(`    expected ${expected}`);
    terminal.line(`    found    ${found}`);
  }
  if (verdict.findings.length > 50) {
    terminal.line(`… and ${grouped(verdict.findings.length - 50)} more (--json lists all)`);
  }
  if (how.publicOnly) {
    terminal.line("PUBLIC PART ONLY: no openings were read, so no decision was made again.");
  }
  if (!verdict.anchored) {
    terminal.line("UNANCHORED: no trust policy given, so this shows internal consistency only.");
    for (const key of await fingerprints(bundle)) terminal.line(`  signed by ${key}`);
  }
  const hashes = verdict.logs.reduce((sum, { size }) => sum + size, 0);
  const all = hashesOnly
    ? `hashes of ${grouped(hashes)} entries`
    : `${grouped(verdict.entries)} entries`;
  terminal.line(
    verdict.ok
      ? `✓ ${all} verified${verdict.anchored ? "" : " for internal consistency"}`
      : `✗ ${grouped(verdict.findings.length)} findings in ${all}`,
  );
}
