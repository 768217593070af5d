import { minuteStart } from "../base/instant.ts";
import { Malformed } from "../base/malformed.ts";
import { parseBundle } from "../log/bundle.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { leafHash } from "../log/hash.ts";
import { formatVerifierKey } from "../log/key.ts";
import { type BundleId, bundlePath, bundlesOf, fullWidth } from "../log/tile.ts";
import { treeOf } from "../log/tree.ts";
import { grantFile, misplacedFiles, openingsFile } from "./bundle-files.ts";
import { type ActorDenials, denialsByActor } from "./denials.ts";
import { EntryCheck } from "./entry-check.ts";
import { Erasures } from "./erasures.ts";
import { type Finding, finding } from "./finding.ts";
import { Fold } from "./fold.ts";
import { graceUs } from "./grace.ts";
import type { ImportCount, ProvenDigest } from "./imported-journals.ts";
import { KeptBundles } from "./kept-bundles.ts";
import type { KeysInForce } from "./keys-in-force.ts";
import type { Onlooker } from "./onlooker.ts";
import { type OpeningLine, parseOpeningLine } from "./opening-line.ts";
import { ownNote } from "./own-note.ts";
import type { FileCount } from "./payment-files.ts";
import { readPacks } from "./read-packs.ts";
import type { LogSource } from "./source.ts";
import type { Acts, Tally } from "./tally.ts";
import { type HistoricNote, noteFindings, openNotes, type Trust } from "./verify-notes.ts";
import { verifyTiles } from "./verify-tiles.ts";

/** What the audit of one log says. */
export interface LogVerdict {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly tally: Tally;
  readonly acts: Acts;
  readonly payments: FileCount;
  readonly clocks: Fold["clocks"]["count"];
  readonly imports: ImportCount;
  /** Where the auditor's own earlier note was given: the tally of the entries after it. */
  readonly since?: Tally;
  readonly findings: readonly Finding[];
  /** Where openings were read: who denied what, and of how many decisions nobody could tell. */
  readonly denials?: { readonly actors: readonly ActorDenials[]; readonly unread: number };
}

/** A log that a larger ledger holds: it has no notes and tiles of its own. */
export interface Within {
  /** How many entries the ledger holds of it. */
  readonly size: bigint;
  /** The name of the keys that sign the ledger. */
  readonly signer: string;
}

/** What of an audit is not always asked. */
export interface AuditOptions {
  /** The auditor's own note of an earlier audit. */
  readonly from?: Checkpoint | undefined;
  /** Is shown each act that was made again. */
  readonly onlooker?: Onlooker;
  readonly within?: Within;
  /** Without it what was imported from a QLDB journal is counted as not read: Ion is not for every bundle. */
  readonly provenDigest?: ProvenDigest;
}

/** The audit of a log, as verifyLog says it, with the state the log folds to. */
export async function foldLog(
  source: LogSource,
  origin: string | undefined,
  trust: Trust | undefined,
  progress: (entries: number) => void,
  { from, onlooker, within, provenDigest }: AuditOptions = {},
): Promise<{ readonly verdict: LogVerdict; readonly fold: Fold }> {
  const { newest, notes, findings } = within
    ? { newest: undefined, notes: [], findings: [] }
    : await openNotes(source, origin, trust);
  const name = origin ?? newest?.origin ?? source.insurer;
  const packs = await readPacks(source, name, findings);
  const fold = new Fold((hash) => packs.get(hash), provenDigest);
  const trusted = trust?.policy.logs.map(({ key }) => formatVerifierKey(key));
  const claimed = within?.size ?? sizeToRead(source, newest?.size ?? 0n);
  const kept = new KeptBundles();
  const erasures = await readErasures(source, claimed, kept);
  const signer = within?.signer ?? name;
  const check = new EntryCheck(name, fold, packs, trusted, findings, erasures, onlooker, signer);
  const withheld = await readGrant(source, name, findings);
  const leaves: Uint8Array[] = [];
  const due = [...notes];
  const placed: { readonly note: HistoricNote; readonly keys: KeysInForce | undefined }[] = [];
  const own = ownNote(name, from);
  for (const id of bundlesOf(claimed)) {
    const file = `public/${bundlePath(id)}`;
    const bytes = kept.take(file) ?? (await source.read(file));
    const entries = readEntries(bytes, name, file, id.width, findings);
    const lines = await readOpenings(source, name, id, findings);
    for (const [place, entry] of entries.entries()) {
      const index = id.index * 256n + BigInt(place);
      const leaf = leafHash(entry);
      leaves.push(leaf);
      await check.entry(index, file, entry, leaf, lines.get(index), withheld.has(index));
      while (due[0] && due[0].checkpoint.size <= leaves.length) placeNext();
      own.after(check.tally);
    }
    progress(entries.length);
  }
  check.end();
  while (due.length > 0) placeNext();
  const tree = treeOf(leaves);
  for (const { note, keys } of placed) {
    const { size } = note.checkpoint;
    const root = size <= tree.size ? tree.rootAt(size) : undefined;
    findings.push(...noteFindings(name, note, root, keys));
  }
  if (!within) findings.push(...(await verifyTiles(source, name, tree)));
  findings.push(...misplacedFiles(source, name, claimed, fold.paymentFiles));
  // A release's records come together: only a log that ends there may lack some.
  const whole = fold.latest === "" ? 0n : minuteStart(fold.latest) - graceUs;
  findings.push(...(await fold.paymentFiles.findings(name, source, whole)));
  findings.push(...fold.toldBreaks.findings(name, whole), ...own.findings(tree));
  findings.push(...fold.clocks.findings(name, fold.latest, fold.opened?.state.clocks));
  findings.push(...fold.journals.findings(name));
  const { tally, acts } = check;
  const { size, root } = tree;
  const since = own.since(tally);
  const unread = tally.decisions - check.read.decisions;
  const denials = { actors: denialsByActor(check.read.denials), unread };
  const verdict = {
    origin: name,
    size,
    root,
    tally,
    acts,
    payments: fold.paymentFiles.count,
    clocks: fold.clocks.count,
    imports: fold.journals.count,
    ...(since ? { since } : {}),
    findings,
    denials,
  };
  return { verdict, fold };

  /** The next note, with the keys in force where it stands. */
  function placeNext(): void {
    const note = due.shift() as HistoricNote;
    const [named, logs] = [fold.opened?.state.keys, trust?.policy.logs];
    const keys = named && logs && { named, trusted: logs.map(({ key }) => key) };
    placed.push({ note, keys });
  }
}

/**
 * The size a note claims, and no more than the files that are there can hold and one bundle, the first that is missing: whoever signs can claim
 * 2⁶³ entries. A source that can't list its files throws where one is missing.
 */
function sizeToRead(source: LogSource, claimed: bigint): bigint {
  const files = source.files().length;
  const most = BigInt(fullWidth) * BigInt(files + 1);
  return files > 0 && claimed > most ? most : claimed;
}

function readEntries(
  bytes: Uint8Array | undefined,
  origin: string,
  file: string,
  width: number,
  findings: Finding[],
): readonly Uint8Array[] {
  try {
    if (!bytes) throw new Malformed(file, "is missing");
    return parseBundle(bytes, width);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const at = { file };
    findings.push(finding(origin, "bundle-malformed", at, `${width} entries`, error.message));
    return [];
  }
}

/** What the log erases, from all its entries; what can't be read is found when entries are checked. */
async function readErasures(source: LogSource, size: bigint, kept: KeptBundles): Promise<Erasures> {
  const erasures = new Erasures();
  for (const id of bundlesOf(size)) {
    const file = `public/${bundlePath(id)}`;
    const bytes = await source.read(file);
    if (bytes) kept.keep(file, bytes);
    erasures.read(readEntries(bytes, "", file, id.width, []));
  }
  return erasures;
}

async function readOpenings(
  source: LogSource,
  origin: string,
  { index: bundle, width }: BundleId,
  findings: Finding[],
): Promise<Map<bigint, OpeningLine>> {
  const file = openingsFile(bundle);
  const from = bundle * 256n;
  const lines = new Map<bigint, OpeningLine>();
  const text = source.publicOnly ? undefined : await readClosed(source, origin, file, findings);
  if (!text) return lines;
  for (const [number, line] of splitLines(text, origin, file, findings).entries()) {
    try {
      const opened = parseOpeningLine(line);
      const within = opened.index >= from && opened.index < from + BigInt(width);
      if (lines.has(opened.index) || !within) {
        throw new Malformed("index", "comes twice, or is no entry of this file's bundle");
      }
      lines.set(opened.index, opened);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const found = `line ${number + 1}: ${error.message}`;
      findings.push(finding(origin, "opening-malformed", { file }, "an opening a line", found));
    }
  }
  return lines;
}

async function readClosed(
  source: LogSource,
  origin: string,
  file: string,
  findings: Finding[],
): Promise<Uint8Array | undefined> {
  try {
    return await source.read(file);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    findings.push(finding(origin, "opening-malformed", { file }, "openings", error.message));
    return undefined;
  }
}

/** The lines of a file of openings; one without its newline is read, and a finding. */
function splitLines(
  text: Uint8Array,
  origin: string,
  file: string,
  findings: Finding[],
): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, start)) {
    lines.push(text.subarray(start, end));
    start = end + 1;
  }
  if (start === text.length) return lines;
  const expected = "a newline after each line";
  findings.push(finding(origin, "opening-malformed", { file }, expected, "none after the last"));
  return [...lines, text.subarray(start)];
}

async function readGrant(
  source: LogSource,
  origin: string,
  findings: Finding[],
): Promise<Pick<ReadonlySet<bigint>, "has">> {
  if (source.publicOnly) return { has: () => true };
  const bytes = await source.read(grantFile);
  const withheld = new Set<bigint>();
  let before = -1n;
  for (const line of bytes ? splitLines(bytes, origin, grantFile, findings) : []) {
    const text = new TextDecoder().decode(line);
    const index = /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : -1n;
    if (index > before) withheld.add(index);
    else {
      const [at, expected] = [{ file: grantFile }, "entry indices, one a line, ascending"];
      findings.push(finding(origin, "opening-malformed", at, expected, text));
    }
    before = index;
  }
  return withheld;
}
