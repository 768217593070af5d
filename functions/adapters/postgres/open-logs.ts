import type { Queryable } from "./pool.ts";

/** The insurers whose logs are open, by their heads: what the roles sequencer and publisher both may read. */
export async function openLogs(on: Queryable): Promise<readonly string[]> {
  const { rows } = await on.query<{ insurer: string }>(`SELECT insurer FROM head ORDER BY insurer`);
  return rows.map(({ insurer }) => insurer);
}
