import type { SealedEntry } from "../../../shared/ports/publishing.ts";
import type { SealedPart } from "../../../shared/ports/store.ts";
import type { Queryable } from "./pool.ts";

/** Ciphertexts of a log's entries, `from` (included) to `to` (excluded), by index, person and class. */
export async function partsBetween(
  on: Queryable,
  insurer: string,
  from: bigint,
  to: bigint,
): Promise<ReadonlyMap<bigint, readonly SealedPart[]>> {
  const { rows } = await on.query<SealedPart & { readonly index: bigint }>(
    `SELECT e.idx AS "index", p.person, p.class, p.ciphertext
     FROM entry AS e JOIN sealed_part AS p
       ON p.insurer = e.insurer AND p.stream = e.stream AND p.version = e.version
     WHERE e.insurer = $1 AND e.idx >= $2 AND e.idx < $3 ORDER BY e.idx, p.person, p.class`,
    [insurer, from, to],
  );
  const byIndex = new Map<bigint, SealedPart[]>();
  for (const { index, ...part } of rows) {
    const parts = byIndex.get(index);
    if (parts) parts.push(part);
    else byIndex.set(index, [part]);
  }
  return byIndex;
}

/** What the records of these entries seal. */
export async function sealedBetween(
  on: Queryable,
  insurer: string,
  from: bigint,
  to: bigint,
): Promise<readonly SealedEntry[]> {
  const { rows } = await on.query<
    Omit<SealedEntry, "parts" | "leaves"> & { leaves: Uint8Array | null }
  >(
    `SELECT e.idx AS "index", e.stream, e.version, l.leaves
     FROM entry AS e LEFT JOIN sealed_leaves AS l
       ON l.insurer = e.insurer AND l.stream = e.stream AND l.version = e.version
     WHERE e.insurer = $1 AND e.idx >= $2 AND e.idx < $3 ORDER BY e.idx`,
    [insurer, from, to],
  );
  const parts = await partsBetween(on, insurer, from, to);
  return rows.map((row) => ({
    ...row,
    leaves: row.leaves ?? new Uint8Array(0),
    parts: parts.get(row.index) ?? [],
  }));
}
