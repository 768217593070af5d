import type { EntryIndexes } from "../../../shared/ports/entry-indexes.ts";
import type { Pool } from "./pool.ts";

/** Finds entries by leaf hash, by the index on its hex text. */
export const entryIndexes = (pool: Pool): EntryIndexes => ({
  indexOf: async (insurer, leafHash) => {
    const { rows } = await pool.query<{ idx: bigint }>(
      `SELECT idx FROM entry WHERE encode(leaf_hash, 'hex') = $1 AND insurer = $2 ORDER BY idx LIMIT 1`,
      [leafHash, insurer],
    );
    return rows[0]?.idx;
  },
});
