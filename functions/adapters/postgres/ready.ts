import type { Pool } from "./pool.ts";

/** Asks the database for a row of a table that every request reads. Throws Unavailable. */
export const databaseReady = (pool: Pool) => async (): Promise<void> => {
  await pool.query("SELECT 1 FROM insurer LIMIT 1");
};
