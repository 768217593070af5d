import type { Queryable } from "./pool.ts";

/** The insurers whose logs are open, by their heads: what the roles sequencer and publisher both may read. */
export async function openLogs(on: Queryable): Promise<readonly string[]> {
  const { rows } = await on.query<{ insurer: string }>(`SELECT insurer FROM head ORDER BY insurer`);
  return rows.map(({ insurer }) => insurer);
}

/** Whether the database has one record of the log, placed or waiting: its genesis, which is the first of any. */
export async function holdsGenesisAlone(on: Queryable, insurer: string): Promise<boolean> {
  const { rowCount } = await on.query(
    `SELECT 1 FROM outbox WHERE insurer = $1 UNION ALL SELECT 1 FROM entry WHERE insurer = $1 LIMIT 2`,
    [insurer],
  );
  return rowCount === 1;
}
