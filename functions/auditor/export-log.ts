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
  const payments = new FilesOfLog();
  for (const { index, width } of newBundles(0n, size)) {
    const from = index * BigInt(fullWidth);
    const rows = await ports.rows.read(insurer, from, from + BigInt(width));
    assert(rows.length === width, `entries ${from} to ${from + BigInt(width)} are committed`);
    const entries = rows.map(({ record }) => record);
    await write(`${insurer}/public/${bundlePath({ index, width })}`, formatBundle(entries));
    for (const { leafHash } of rows) hashes.push(leafHash);
    const { openings, files: made } = await openingsOf(ports, insurer, rows, payments);
    for (const [name, bytes] of [[openingsFile(index), openings] as const, ...made]) {
      const path = `${insurer}/${name}`;
      if (ports.close) await write(`${path}${closedEnding}`, await ports.close(bytes));
      else await write(path, bytes);
    }
    progress(width);
  }
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

async function copyPublished(
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
  for (const folder of ["checkpoints/", "packs/"]) {
    for await (const key of published.list(`${insurer}/${folder}`)) {
      // A log that goes on meanwhile has a newer note by now: its entries are not in this bundle.
      if (folder === "checkpoints/" && BigInt(key.slice(key.lastIndexOf("/") + 1)) > size) continue;
      const object = await published.get(key);
      assert(object !== undefined, `${key} stays where it was listed`);
      await write(`${insurer}/public/${key.slice(insurer.length + 1)}`, object.bytes);
    }
  }
  return size;
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
