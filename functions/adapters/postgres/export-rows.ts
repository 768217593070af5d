import { assert } from "../../../shared/base/malformed.ts";
import type { ExportRow, ExportRows } from "../../../shared/ports/export.ts";
import type { Pool } from "./pool.ts";
import { partsBetween } from "./sealed-rows.ts";

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
    const parts = await partsBetween(pool, insurer, from, to);
    return rows.map((row) => ({ ...row, parts: parts.get(row.index) ?? [] }));
  },
});
