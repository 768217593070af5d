import { openingsFile } from "../../shared/audit/bundle-files.ts";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { paymentFileName } from "../../shared/audit/payment-files.ts";
import { fieldsOf } from "../../shared/audit/reexecute.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { assert } from "../../shared/base/malformed.ts";
import { formatBundle } from "../../shared/log/bundle.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import {
  type BundleId,
  bundlePath,
  formatTile,
  fullWidth,
  newBundles,
  newTiles,
  parseTile,
  tilePath,
} from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { FilesOfLog } from "../../shared/payout/files-of-log.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import type { ExportRow, ExportRows } from "../../shared/ports/export.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { openRecord } from "../command/openings.ts";
import type { PersonKeys } from "../command/person-keys.ts";
import { closedEnding } from "./envelope.ts";

/** Where an export reads: committed rows, published notes and packs, and the keys that open parts. */
export interface ExportPorts {
  readonly rows: ExportRows;
  readonly published: ObjectStore;
  readonly keys: PersonKeys;
  readonly cipher: PartCipher;
  /** Closes a file of openings for the auditor it is meant for; without it they are written as they are. */
  readonly close?: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/** Writes one file of the bundle. */
export type WriteFile = (path: string, bytes: Uint8Array) => void | Promise<void>;

/**
 * Writes one insurer's part of an audit bundle, up to the shown checkpoint of `size`, or the newest: notes and packs as published, tiles and entry bundles
 * from the rows, every opening whose key is there, and the payment files that follow from these. Gives the number of entries; 0 where nothing is signed yet.
 */
export async function exportLog(
  ports: ExportPorts,
  insurer: string,
  write: WriteFile,
  progress: (entries: number) => void,
  upTo?: bigint,
): Promise<number> {
  const size = await copyPublished(ports.published, insurer, write, upTo);
  const hashes: Uint8Array[] = [];
  const keep = async (id: BundleId, rows: readonly ExportRow[]): Promise<void> => {
    const entries = rows.map(({ record }) => record);
    await write(`${insurer}/public/${bundlePath(id)}`, formatBundle(entries));
    for (const { leafHash } of rows) hashes.push(leafHash);
  };
  await exportOpenings(ports, insurer, size, write, progress, keep);
  const tree = treeOf(hashes);
  for (const id of newTiles(0n, size)) {
    const first = id.index * BigInt(fullWidth);
    const tile = Array.from({ length: id.width }, (_, i) =>
      tree.subtree(8 * id.level, first + BigInt(i)),
    );
    await write(`${insurer}/public/${tilePath(id)}`, formatTile(tile));
  }
  return hashes.length;
}

/**
 * Writes what belongs to an insurer's log of `size` entries beside the ledger that holds it: its packs, every opening whose key is there, and the payment files
 * that follow from these. For a ledger that is exported as a whole; gives the number of entries.
 */
export async function exportBeside(
  ports: ExportPorts,
  insurer: string,
  size: bigint,
  write: WriteFile,
  progress: (entries: number) => void,
): Promise<number> {
  await copyFolder(ports.published, insurer, "packs/", write);
  await exportOpenings(ports, insurer, size, write, progress);
  return Number(size);
}

/** Writes the openings of `size` entries, and the payment files that are whole with them. `also` is shown the rows of each 256 entries. */
async function exportOpenings(
  ports: ExportPorts,
  insurer: string,
  size: bigint,
  write: WriteFile,
  progress: (entries: number) => void,
  also: (id: BundleId, rows: readonly ExportRow[]) => Promise<void> = async () => {},
): Promise<void> {
  const payments = new FilesOfLog();
  for (const { index, width } of newBundles(0n, size)) {
    const from = index * BigInt(fullWidth);
    const rows = await ports.rows.read(insurer, from, from + BigInt(width));
    assert(rows.length === width, `entries ${from} to ${from + BigInt(width)} are committed`);
    await also({ index, width }, rows);
    const { openings, files: made } = await openingsOf(ports, insurer, rows, payments);
    for (const [name, bytes] of [[openingsFile(index), openings] as const, ...made]) {
      const path = `${insurer}/${name}`;
      if (ports.close) await write(`${path}${closedEnding}`, await ports.close(bytes));
      else await write(path, bytes);
    }
    progress(width);
  }
}

/** Writes the notes of a log, and its packs, up to the shown checkpoint of `upTo`, or the newest; gives its size, 0 where nothing is signed yet. */
export async function copyPublished(
  published: ObjectStore,
  insurer: string,
  write: WriteFile,
  upTo: bigint | undefined,
): Promise<bigint> {
  const shown = upTo === undefined ? "checkpoint" : `checkpoints/${upTo}`;
  const newest = await published.get(`${insurer}/${shown}`);
  if (!newest) return 0n;
  await write(`${insurer}/public/checkpoint`, newest.bytes);
  const { size } = parseCheckpoint(parseNote(newest.bytes, "checkpoint").text);
  // A log that goes on meanwhile has a newer note by now: its entries are not in this bundle.
  const isCovered = (key: string): boolean => BigInt(key.slice(key.lastIndexOf("/") + 1)) <= size;
  await copyFolder(published, insurer, "checkpoints/", write, isCovered);
  await copyFolder(published, insurer, "packs/", write);
  return size;
}

async function copyFolder(
  published: ObjectStore,
  insurer: string,
  folder: string,
  write: WriteFile,
  wanted: (key: string) => boolean = () => true,
): Promise<void> {
  for await (const key of published.list(`${insurer}/${folder}`)) {
    if (!wanted(key)) continue;
    const object = await published.get(key);
    assert(object !== undefined, `${key} stays where it was listed`);
    await write(`${insurer}/public/${key.slice(insurer.length + 1)}`, object.bytes);
  }
}

/** A file of the bundle: its name in the insurer's folder, and its bytes. */
type Named = readonly [name: string, bytes: Uint8Array];

/** The lines that open `rows`, and the payment files that are whole with them. */
async function openingsOf(
  { keys, cipher }: ExportPorts,
  insurer: string,
  rows: readonly ExportRow[],
  payments: FilesOfLog,
): Promise<{ readonly openings: Uint8Array; readonly files: readonly Named[] }> {
  const lines: string[] = [];
  const files: Named[] = [];
  for (const row of rows) {
    if (!row.leaves) continue;
    const store = { parts: async () => row.parts };
    const openings = await openRecord({ store, keys, cipher }, insurer, row);
    const leaves = parseTile(row.leaves, row.leaves.length / 32);
    lines.push(formatOpeningLine(openingLine(row.index, leaves, openings)));
    const { type, stream } = parseRecord(row.record);
    const made = payments.take({ type, stream, fields: fieldsOf(openings) });
    if (made) files.push([paymentFileName(made.file), made.bytes]);
  }
  return { openings: utf8(lines.map((line) => `${line}\n`).join("")), files };
}
