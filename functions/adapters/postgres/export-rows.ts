import { assert } from "../../../shared/base/malformed.ts";
import type { ExportRow, ExportRows } from "../../../shared/ports/export.ts";
import type { Pool } from "./pool.ts";

interface PartRow {
  readonly index: bigint;
  readonly person: string;
  readonly class: string;
  readonly ciphertext: Uint8Array;
}

/** Entries for a bundle, read as role `countersign_auditor`. */
export const exportRows = (pool: Pool): ExportRows => ({
  read: async (insurer, from, to) => {
    assert(to - from <= 1024n, "an export reads at most 1,024 entries at once");
    const { rows } = await pool.query<Omit<ExportRow, "parts">>(
      `SELECT e.idx AS "index", e.stream, e.version, e.leaf_hash AS "leafHash", e.record, l.leaves
       FROM entry AS e LEFT JOIN sealed_leaves AS l
         ON l.insurer = e.insurer AND l.stream = e.stream AND l.version = e.version
       WHERE e.insurer = $1 AND e.idx >= $2 AND e.idx < $3 ORDER BY e.idx`,
      [insurer, from, to],
    );
    const { rows: parts } = await pool.query<PartRow>(
      `SELECT e.idx AS "index", p.person, p.class, p.ciphertext
       FROM entry AS e JOIN sealed_part AS p
         ON p.insurer = e.insurer AND p.stream = e.stream AND p.version = e.version
       WHERE e.insurer = $1 AND e.idx >= $2 AND e.idx < $3 ORDER BY e.idx, p.person, p.class`,
      [insurer, from, to],
    );
    const byIndex = new Map<bigint, PartRow[]>();
    for (const part of parts) byIndex.set(part.index, [...(byIndex.get(part.index) ?? []), part]);
    return rows.map((row) => ({ ...row, parts: byIndex.get(row.index) ?? [] }));
  },
});
