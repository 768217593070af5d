import { openPool } from "../../functions/adapters/postgres/pool.ts";

const tables = [
  ...["insurer", "policy", "claim", "payout", "pack", "accumulator", "idempotency", "outbox"],
  ...["head", "entry", "sealed_leaves", "sealed_part"],
];

/** How many rows each table a command writes has, with a digest of all their bytes: the same only if nothing at all was written, `but` in tables that are left out. */
export async function everything(
  superuserUrl: string,
  but: readonly string[] = [],
): Promise<Record<string, string>> {
  const pool = openPool({ url: superuserUrl, max: 1 });
  try {
    const counts: Record<string, string> = {};
    for (const table of tables.filter((one) => !but.includes(one))) {
      const { rows } = await pool.query<{ n: bigint; digest: string }>(
        `SELECT count(*) AS n, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest
         FROM ${table} AS t`,
      );
      counts[table] = `${rows[0]?.n} ${rows[0]?.digest}`;
    }
    return counts;
  } finally {
    await pool.end();
  }
}
