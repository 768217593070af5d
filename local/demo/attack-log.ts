import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { type Pool, transaction } from "../../functions/adapters/postgres/pool.ts";
import { concat, equal } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import { append, emptyFrontier, formatFrontier, rootOf } from "../../shared/log/frontier.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseTile } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { ExportRow } from "../../shared/ports/export.ts";
import { formatPart, type PartName, parsePart, partContext } from "../../shared/record/part.ts";
import { formatRecord, type LedgerRecord, parseRecord } from "../../shared/record/record.ts";
import { type Opening, openingHash } from "../../shared/record/sealed.ts";
import type { Services } from "../platform/services.ts";

/** One entry, opened, as the attacker rewrites it in place: `changed` marks it for rebuilding. */
export interface AttackedEntry {
  readonly row: ExportRow;
  record: LedgerRecord;
  readonly parts: { readonly name: PartName; openings: Opening[] }[];
  changed: boolean;
}

/** All of an insurer's log, opened with the insurer's own keys. */
export interface AttackedLog {
  readonly insurer: string;
  readonly services: Services;
  readonly entries: readonly AttackedEntry[];
}

/** Reads and opens the whole log of `insurer`. */
export async function readLog(
  services: Services,
  pool: Pool,
  insurer: string,
): Promise<AttackedLog> {
  const rows = exportRows(pool);
  const entries: AttackedEntry[] = [];
  for (let from = 0n; ; from += 1_000n) {
    const batch = await rows.read(insurer, from, from + 1_000n);
    for (const row of batch) entries.push(await openEntry(services, insurer, row));
    if (batch.length < 1_000) return { insurer, services, entries };
  }
}

async function openEntry(
  { ports }: Services,
  insurer: string,
  row: ExportRow,
): Promise<AttackedEntry> {
  const record = parseRecord(row.record);
  const parts: AttackedEntry["parts"] = [];
  for (const { person, class: kind, ciphertext } of row.parts) {
    assert("sealed" in record.body, "only sealed records have parts");
    const name = { person, class: kind as PartClass };
    const key = await ports.keys.obtain({ insurer, ...name });
    const context = partContext(
      record.origin,
      row.stream,
      row.version,
      record.body.sealed.root,
      name,
    );
    parts.push({ name, openings: parsePart(ports.cipher.decrypt(key, context, ciphertext)) });
  }
  return { row, record, parts, changed: false };
}

/** The opened fields of an entry. */
export const fieldsOfEntry = ({ parts }: AttackedEntry): Record<string, Json> =>
  Object.fromEntries(
    parts.flatMap(({ openings }) => openings.map(({ path, value }) => [path, value])),
  );

/** Puts other values under the salts that are there. */
export function setFields(entry: AttackedEntry, fields: Readonly<Record<string, Json>>): void {
  for (const part of entry.parts) {
    part.openings = part.openings.map((opening) => ({
      ...opening,
      value: fields[opening.path] ?? opening.value,
    }));
  }
  entry.changed = true;
}

/** Rebuilds every record, hash, ciphertext, head and checkpoint row that a change reaches, and writes them, as superuser. */
export async function writeLog(
  services: Services,
  pool: Pool,
  insurer: string,
  { entries }: AttackedLog,
): Promise<void> {
  const heads = new Map<string, Uint8Array>();
  await transaction(pool, async (on) => {
    let frontier = emptyFrontier;
    const roots = new Map<bigint, Uint8Array>();
    for (const entry of entries) {
      const { row } = entry;
      const prev = heads.get(row.stream) ?? null;
      const before = entry.record.prev;
      const moved = prev !== null && before !== null && !equal(prev, before);
      const bytes = entry.changed || moved ? rebuild(entry, prev) : row.record;
      const leaf = leafHash(bytes);
      heads.set(row.stream, leaf);
      frontier = append(frontier, leaf);
      roots.set(frontier.size, rootOf(frontier));
      if (bytes === row.record) continue;
      await on.query(
        "UPDATE entry SET record = $3, leaf_hash = $4 WHERE insurer = $1 AND idx = $2",
        [insurer, row.index, bytes, leaf],
      );
      if (entry.changed) await writeSealed(services, on, insurer, entry);
    }
    await on.query("UPDATE head SET frontier = $2, root = $3 WHERE insurer = $1", [
      insurer,
      formatFrontier(frontier),
      rootOf(frontier),
    ]);
    const { rows } = await on.query<{ size: bigint }>(
      "SELECT size FROM checkpoint WHERE insurer = $1",
      [insurer],
    );
    for (const { size } of rows) {
      const root = roots.get(size);
      const text = "UPDATE checkpoint SET root = $3 WHERE insurer = $1 AND size = $2";
      await on.query(text, [insurer, size, root]);
    }
  });
}

function rebuild(entry: AttackedEntry, prev: Uint8Array | null): Uint8Array {
  const sealed = entry.changed ? { sealed: sealedOf(entry) } : {};
  entry.record = {
    ...entry.record,
    prev,
    ...("sealed" in sealed ? { body: { sealed: sealed.sealed } } : {}),
  };
  return formatRecord(entry.record);
}

/** The sealed leaves with the changed fields' own hashes; padding stays. */
function leavesOf({ row, parts }: AttackedEntry): Uint8Array[] {
  assert(row.leaves !== null, "a sealed record has leaves");
  const leaves = parseTile(row.leaves, row.leaves.length / 32);
  const sorted = parts.flatMap(({ openings }) => openings);
  sorted.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const [index, opening] of sorted.entries()) leaves[index] = openingHash(opening);
  return leaves;
}

function sealedOf(entry: AttackedEntry) {
  assert("sealed" in entry.record.body, "a changed record is sealed");
  return { size: entry.record.body.sealed.size, root: treeOf(leavesOf(entry)).root };
}

async function writeSealed(
  { ports }: Services,
  on: { query(text: string, values: readonly unknown[]): Promise<unknown> },
  insurer: string,
  entry: AttackedEntry,
): Promise<void> {
  const { row, record, parts } = entry;
  assert("sealed" in record.body, "a changed record is sealed");
  const where = [insurer, row.stream, row.version];
  await on.query(
    "UPDATE sealed_leaves SET leaves = $4 WHERE insurer = $1 AND stream = $2 AND version = $3",
    [...where, concat(...leavesOf(entry))],
  );
  for (const { name, openings } of parts) {
    const key = await ports.keys.obtain({ insurer, ...name });
    const { root } = record.body.sealed;
    const context = partContext(record.origin, row.stream, row.version, root, name);
    const sealed = ports.cipher.encrypt(key, ports.random(12), context, formatPart(openings));
    await on.query(
      `UPDATE sealed_part SET ciphertext = $6
       WHERE insurer = $1 AND stream = $2 AND version = $3 AND person = $4 AND class = $5`,
      [...where, name.person, name.class, sealed],
    );
  }
}
