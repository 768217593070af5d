import { readFileSync } from "node:fs";
import { Malformed } from "../../../shared/base/malformed.ts";
import { parseBundlePath } from "../../../shared/log/tile.ts";
import { parseKey } from "../../bundle/envelope.ts";
import { type OpenBundle, type Openings, openBundle } from "../../bundle/open.ts";
import { readTrusts } from "../../bundle/trust.ts";
import { grouped } from "../../terminal/amount.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { isAddress, logFiles } from "../log-files.ts";
import { readOwnNotes } from "../own-notes.ts";
import { reading } from "../reading.ts";
import { exits, Misused, verb } from "../verb.ts";
import { fingerprints, type Verdict, verifyBundle } from "../verdict.ts";
import { verifyPublished } from "../verify-published.ts";
import { startLogWorkers } from "../workers.ts";

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
    const key = file && reading(file, () => parseKey(readFileSync(file), "private"));
    const how = { publicOnly: given.public, ...(key ? { key } : {}) };
    return verify(terminal, folder, { policy, from, requireFull, how });
  },
});

interface Asked {
  readonly policy: string | undefined;
  readonly from: readonly string[];
  readonly requireFull: boolean;
  readonly how: Openings;
}

async function verify(
  terminal: Terminal,
  folder: string,
  { policy, requireFull, how, ...asked }: Asked,
): Promise<number> {
  const trusts = policy === undefined ? undefined : reading(policy, () => readTrusts(policy));
  const from = readOwnNotes(asked.from, trusts);
  const bundle = reading(folder, () => openBundle(folder, how));
  const bar = terminal.progress("entries", entriesIn(bundle));
  const workers = startLogWorkers(folder, bundle.sources.length, how);
  const verdict = await verifyBundle(
    bundle,
    trusts,
    (entries) => bar.advance(entries),
    workers.verify,
    { from, requireFull },
  ).finally(() => workers.stop());
  bar.stop();
  await print(terminal, bundle, verdict, how);
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
  await print(terminal, { sources: [], findings: [] }, verdict, { publicOnly: true });
  terminal.result(verdict);
  return verdict.ok ? exits.ok : exits.found;
}

function entriesIn({ sources }: OpenBundle): number {
  let entries = 0;
  for (const file of sources.flatMap((source) => source.files())) {
    if (!file.startsWith("public/tile/entries/")) continue;
    try {
      entries += parseBundlePath(file.slice("public/".length)).width;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return entries;
}

async function print(
  terminal: Terminal,
  bundle: OpenBundle,
  verdict: Verdict,
  how: Openings,
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
  terminal.line(
    `decisions ${grouped(decisions)}: ${grouped(reexecuted)} re-executed, ${grouped(withheld)} withheld, ${grouped(erased)} erased, ${grouped(holes)} holes`,
  );
  for (const { origin, size, entries, findings, ...after } of verdict.since ?? []) {
    terminal.line(
      `since your note of ${origin} at ${grouped(BigInt(size))}: ${grouped(entries)} entries, ${grouped(after.decisions)} decisions, ${grouped(after.reexecuted)} re-executed, ${grouped(findings)} findings`,
    );
  }
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
  const all = `${grouped(verdict.entries)} entries`;
  terminal.line(
    verdict.ok
      ? `✓ ${all} verified${verdict.anchored ? "" : " for internal consistency"}`
      : `✗ ${grouped(verdict.findings.length)} findings in ${all}`,
  );
}
