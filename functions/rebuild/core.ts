import { Erasures } from "../../shared/audit/erasures.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { foldLog } from "../../shared/audit/fold-log.ts";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import type { LogSource } from "../../shared/audit/source.ts";
import { formOf } from "../../shared/audit/streams.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { concat, equal, toHex, utf8 } from "../../shared/base/bytes.ts";
import { assert, Malformed } from "../../shared/base/malformed.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { RebuildStore } from "../../shared/ports/rebuild.ts";
import type { OutboxRow } from "../../shared/ports/store.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { provenDigest } from "../../shared/qldb/kept-revision.ts";
import { openRecord } from "../command/openings.ts";
import type { RowPorts } from "../command/row-cipher.ts";
import { latestKey, noteKey, parseLatest } from "../signer/latest.ts";
import type { LastRecord } from "./erased-rows.ts";
import { type LogEntry, logEntries, sealedSizeOf } from "./log-entries.ts";
import { keysNamedBy, trustNamed } from "./named-trust.ts";
import { publishedSource } from "./published-source.ts";
import { type SealedCopies, sealedCopies } from "./sealed-copies.ts";
import { type LastRecords, stateRows } from "./state-rows.ts";

/** What a rebuild reads, and the empty database it writes. */
export interface RebuildPorts extends RowPorts {
  readonly published: Pick<ObjectStore, "get" | "list">;
  readonly sealed: Pick<ObjectStore, "get" | "list">;
  readonly signed: Pick<ObjectStore, "get">;
  readonly cipher: PartCipher;
  readonly store: RebuildStore;
  readonly originOf: (insurer: string) => string;
  /** Whose signatures the newest note must carry; historic ones may carry those of keys the log names, too. */
  readonly trust: (insurer: string) => Promise<Trust>;
}

/** Why nothing was written, in plain English that names the object. */
export interface NotRebuilt {
  readonly refused: "no-note" | "log-differs" | "not-empty";
  readonly details: readonly string[];
}

/**
 * Puts a log back into a database that has nothing of it, from what is published, the sealed store and the data keys. The whole log is audited first: each
 * entry, tile, note, opening and decision; and it must be what the signer signed last, to the entry. Any finding: nothing is written. What the log erased
 * is not read, whoever put it back, and comes back as the eraser left it (docs/adr/0008).
 * Throws Unavailable.
 */
export async function rebuildLog(
  ports: RebuildPorts,
  insurer: string,
  progress: (entries: number) => void,
): Promise<{ readonly size: bigint } | NotRebuilt> {
  const signed = await newestSigned(ports, insurer);
  if ("refused" in signed) return signed;
  try {
    return await rebuildSigned(ports, insurer, signed, progress);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return refuse("log-differs", [error.message]);
  }
}

const refuse = (refused: NotRebuilt["refused"], details: readonly string[]): NotRebuilt => ({
  refused,
  details,
});

interface Signed {
  readonly latest: LedgerDigest;
  readonly note: Uint8Array;
}

async function newestSigned(
  { signed, originOf }: RebuildPorts,
  insurer: string,
): Promise<Signed | NotRebuilt> {
  const state = await signed.get(latestKey(insurer));
  const origin = originOf(insurer);
  if (state === undefined) return refuse("no-note", [`the signer has no state of ${origin}`]);
  const latest = parseLatest(state.bytes);
  const note = await signed.get(noteKey(insurer, latest.size));
  if (note !== undefined) return { latest, note: note.bytes };
  return refuse("no-note", [`the signer keeps no note of size ${latest.size} of ${origin}`]);
}

async function rebuildSigned(
  ports: RebuildPorts,
  insurer: string,
  { latest, note }: Signed,
  progress: (entries: number) => void,
): Promise<{ readonly size: bigint } | NotRebuilt> {
  const { published } = ports;
  const plain = { published, note, openings: async () => undefined };
  const origin = ports.originOf(insurer);
  const now = await ports.trust(insurer);
  const believed = verifyCheckpoint(note, now.policy, now.requirements);
  if ("refused" in believed) {
    return refuse("log-differs", [`the signer's note of size ${latest.size}: ${believed.detail}`]);
  }
  const { starts, last, ord, named, erasures } = await survey(
    await publishedSource(plain, insurer, latest.size),
    latest.size,
  );
  const copies = await sealedCopies(ports.sealed, insurer, starts, erasures);
  const read = openingsReader(ports, insurer, copies, () => logEntries(source, latest.size));
  const source = await publishedSource({ published, note, openings: read }, insurer, latest.size);
  const trust = trustNamed(now, origin, named);
  const { verdict, fold } = await foldLog(source, origin, trust, progress, { provenDigest });
  // What an insurer told of its bank, or did not, is for its auditor: the log is what was signed all the same.
  const wrong = verdict.findings.filter(({ code }) => code !== "reconciliation-differs");
  if (wrong.length > 0) return refuse("log-differs", wrong.map(sentence));
  if (!equal(verdict.root, latest.root)) {
    const found = `its entries lead to ${toHex(verdict.root)}`;
    return refuse("log-differs", [`the signer's latest root is ${toHex(latest.root)}; ${found}`]);
  }
  const state = await stateRows(ports, insurer, fold, last, ord, erasures);
  const rows = outboxRows(logEntries(source, latest.size), copies);
  const written = await ports.store.write(insurer, state, rows);
  if (written === "written") return { size: latest.size };
  return refuse("not-empty", [`the database already has something of ${verdict.origin}`]);
}

const sentence = ({ origin, file, index, code, expected, found }: Finding): string =>
  `${file ?? origin}${index === null ? "" : `, entry ${index}`}: ${code}: expected ${expected}; found ${found}`;

/** Where each entry's leaf hashes begin, each stream's last record, the keys the log names, and what it erased. */
async function survey(
  source: LogSource,
  size: bigint,
): Promise<{
  readonly starts: readonly number[];
  readonly last: LastRecords;
  readonly ord: bigint;
  readonly named: ReadonlySet<string>;
  readonly erasures: Erasures;
}> {
  const erasures = new Erasures();
  const named = new Set<string>();
  const starts = [0];
  const last = new Map<string, LastRecord>();
  let newest = 0n;
  for await (const entries of logEntries(source, size)) {
    erasures.read(entries.map(({ bytes }) => bytes));
    for (const { record, leafHash, ord } of entries) {
      starts.push((starts.at(-1) ?? 0) + sealedSizeOf(record));
      last.set(record.stream, {
        kind: formOf(record.type).kind,
        version: record.version,
        leafHash,
        ord,
      });
      newest = ord;
      for (const key of keysNamedBy(record)) named.add(key);
    }
  }
  return { starts, last, ord: newest, named, erasures };
}

/** Openings files as an audit bundle has them, made from the sealed store; asked for bundle by bundle, in order. */
function openingsReader(
  ports: RebuildPorts,
  insurer: string,
  copies: SealedCopies,
  walk: () => AsyncIterable<readonly LogEntry[]>,
): (file: string) => Promise<Uint8Array | undefined> {
  let entries: AsyncIterator<readonly LogEntry[]> | undefined;
  return async (file) => {
    if (!/^openings\/[0-9]{6,}\.jsonl$/.test(file)) return undefined;
    entries ??= walk()[Symbol.asyncIterator]();
    const next = await entries.next();
    assert(!next.done, "there are as many openings files as bundles");
    const lines: string[] = [];
    for (const entry of next.value) {
      if (sealedSizeOf(entry.record) > 0) lines.push(await lineOf(ports, insurer, copies, entry));
    }
    return utf8(lines.map((line) => `${line}\n`).join(""));
  };
}

async function lineOf(
  { keys, cipher }: RebuildPorts,
  insurer: string,
  copies: SealedCopies,
  entry: LogEntry,
): Promise<string> {
  const { stream, version } = entry.record;
  const leaves = await copies.leaves(entry);
  try {
    const store = { parts: () => copies.parts(entry) };
    const stored = { stream, version, record: entry.bytes };
    const openings = await openRecord({ store, keys, cipher }, insurer, stored);
    return formatOpeningLine(openingLine(entry.index, leaves, openings));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const where = `sealed/${insurer}/${stream}/${version}, entry ${entry.index}`;
    throw new Malformed(where, error.message);
  }
}

async function* outboxRows(
  entries: AsyncIterable<readonly LogEntry[]>,
  copies: SealedCopies,
): AsyncIterable<readonly OutboxRow[]> {
  for await (const some of entries) {
    const rows: OutboxRow[] = [];
    for (const entry of some) {
      const { record, leafHash, ord, bytes } = entry;
      rows.push({
        eventId: toHex(leafHash).slice(0, 32),
        stream: record.stream,
        version: record.version,
        ord,
        leafHash,
        record: bytes,
        leaves: concat(...(await copies.leaves(entry))),
        parts: await copies.parts(entry),
      });
    }
    yield rows;
  }
}
