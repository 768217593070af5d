import { equal, toHex } from "../base/bytes.ts";
import { unlessMalformed } from "../base/malformed.ts";
import { formatBundle } from "../log/bundle.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { parseBundlePath } from "../log/tile.ts";
import { strandOf } from "../qldb/digest-note.ts";
import { provenDigest } from "../qldb/kept-revision.ts";
import type { ActorDenials } from "./denials.ts";
import { type Finding, finding } from "./finding.ts";
import { foldLog, type LogVerdict } from "./fold-log.ts";
import { isLedger, type Journal, readJournal } from "./journal.ts";
import type { LogSource } from "./source.ts";
import type { Tally } from "./tally.ts";
import { type HistoricNote, noteFindings, openNotes, type Trust } from "./verify-notes.ts";

/**
 * Audits a QLDB ledger of a bundle (docs/spec/audit-bundle.md, Of the QLDB engine): its signed digests, every block re-hashed, every historic digest, then each
 * log it holds as {@link foldLog} does, with what `logs` have beside the ledger: openings, packs, payment files. One verdict: the ledger's size is in blocks,
 * its tallies are of all logs together.
 */
export async function verifyLedger(
  ledger: LogSource,
  logs: readonly LogSource[],
  origin: string | undefined,
  trust: Trust | undefined,
  progress: (entries: number) => void,
  from?: Checkpoint,
): Promise<LogVerdict> {
  const { newest, notes, findings } = await openNotes(ledger, origin, trust);
  const name = origin ?? newest?.origin ?? ledger.insurer;
  const strand = newest && unlessMalformed(() => strandOf(newest.extensions));
  if (newest && strand === undefined) {
    const at = { file: "public/checkpoint" };
    findings.push(finding(name, "note-malformed", at, "line 4 of a signed digest", "another"));
  }
  const due = [...notes];
  const own: Finding[] = from ? [prefixFinding(name, from, undefined)] : [];
  const journal = await readJournal(ledger, name, strand, findings, (size, root) => {
    while (due[0] && due[0].checkpoint.size <= size) place(due.shift() as HistoricNote, root());
    if (from?.size === size && equal(root(), from.root)) own.pop();
    else if (from?.size === size) own.splice(0, 1, prefixFinding(name, from, root()));
  });
  for (const note of due) place(note, undefined);
  findings.push(...own, ...misplaced(ledger, name, newest, journal));
  const verdicts = await verifyLogs(logs, journal, { name, trust, progress });
  return summed({ name, journal, findings }, verdicts);

  function place(note: HistoricNote, root: Uint8Array | undefined): void {
    findings.push(...noteFindings(name, note, root, undefined));
  }
}

function prefixFinding(origin: string, from: Checkpoint, root: Uint8Array | undefined): Finding {
  const expected = `a journal that begins with digest ${toHex(from.root)} at ${from.size} blocks`;
  const found = root ? `digest ${toHex(root)} there` : "fewer blocks";
  return finding(origin, "prefix-differs", {}, expected, found);
}

/** Blocks that no note covers, and files that a ledger's folder has not. */
function misplaced(
  ledger: LogSource,
  origin: string,
  newest: Checkpoint | undefined,
  { blocks }: Journal,
): Finding[] {
  const found: Finding[] = [];
  if (newest && BigInt(blocks) > newest.size) {
    const expected = `the ${newest.size} blocks the newest digest covers`;
    found.push(finding(origin, "block-differs", {}, expected, `${blocks} blocks`));
  }
  const belongs = /^public\/(checkpoint|checkpoints\/[1-9][0-9]{0,18}|journal\/.+)$/;
  for (const file of ledger.files().filter((name) => !belongs.test(name))) {
    const expected = "notes and blocks only";
    found.push(finding(origin, "file-misplaced", { file }, expected, "another file"));
  }
  return found;
}

interface Ledger {
  readonly name: string;
  readonly trust: Trust | undefined;
  readonly progress: (entries: number) => void;
}

async function verifyLogs(
  sources: readonly LogSource[],
  { logs }: Journal,
  { name, trust, progress }: Ledger,
): Promise<LogVerdict[]> {
  const prefix = name.replace(/\/qldb\/[^/]*$/, "");
  const beside = new Map(sources.map((source) => [source.insurer, source]));
  const insurers = [...new Set([...beside.keys(), ...logs.keys()])].sort();
  const verdicts: LogVerdict[] = [];
  for (const insurer of insurers) {
    const entries = logs.get(insurer) ?? [];
    const source = logIn(beside.get(insurer) ?? nothingOf(insurer), entries);
    const within = { size: BigInt(entries.length), signer: name };
    const origin = `${prefix}/${insurer}`;
    const { verdict } = await foldLog(source, origin, trust, progress, { within, provenDigest });
    const strays = source.files().filter((file) => /^public\/(?!packs\/)/.test(file));
    const found = strays.map((file) =>
      finding(origin, "file-misplaced", { file }, "no notes and tiles of its own", "another file"),
    );
    verdicts.push({ ...verdict, findings: [...verdict.findings, ...found] });
  }
  return verdicts;
}

/** A log as an audit reads it, its entries those of the journal. */
const logIn = (source: LogSource, entries: readonly Uint8Array[]): LogSource => ({
  ...source,
  read: async (file) => {
    const path = file.startsWith("public/tile/entries/") ? file.slice("public/".length) : undefined;
    if (path === undefined) return source.read(file);
    const { index, width } = parseBundlePath(path);
    const first = Number(index) * 256;
    return formatBundle(entries.slice(first, first + width));
  },
});

/** A log that has no folder in the bundle: all of it is a hole. */
const nothingOf = (insurer: string): LogSource => ({
  insurer,
  files: () => [],
  notes: async () => [],
  checkpoint: async () => undefined,
  read: async () => undefined,
});

function summed(
  of: { readonly name: string; readonly journal: Journal; readonly findings: Finding[] },
  logs: readonly LogVerdict[],
): LogVerdict {
  const sum = (read: (log: LogVerdict) => number): number =>
    logs.reduce((total, log) => total + read(log), 0);
  const tally = (key: keyof Tally): number => sum((log) => log.tally[key]);
  const actors: ActorDenials[] = logs.flatMap(({ denials }) => denials?.actors ?? []);
  return {
    origin: of.name,
    size: BigInt(of.journal.blocks),
    root: of.journal.root,
    tally: {
      entries: tally("entries"),
      decisions: tally("decisions"),
      reexecuted: tally("reexecuted"),
      withheld: tally("withheld"),
      erased: tally("erased"),
      holes: tally("holes"),
    },
    acts: {
      sealed: sum(({ acts }) => acts.sealed),
      reexecuted: sum(({ acts }) => acts.reexecuted),
    },
    payments: {
      files: sum(({ payments }) => payments.files),
      rederived: sum(({ payments }) => payments.rederived),
    },
    clocks: {
      breaches: sum(({ clocks }) => clocks.breaches),
      unread: sum(({ clocks }) => clocks.unread),
    },
    imports: {
      revisions: sum(({ imports }) => imports.revisions),
      proven: sum(({ imports }) => imports.proven),
      unread: sum(({ imports }) => imports.unread),
    },
    denials: { actors, unread: sum(({ denials }) => denials?.unread ?? 0) },
    findings: [...of.findings, ...logs.flatMap(({ findings }) => findings)],
  };
}

/** The ledger among a bundle's folders, if its engine is QLDB, and the others. */
export function ledgerOf(
  sources: readonly LogSource[],
): { readonly ledger: LogSource; readonly logs: readonly LogSource[] } | undefined {
  const ledger = sources.find(isLedger);
  return ledger && { ledger, logs: sources.filter((source) => source !== ledger) };
}
