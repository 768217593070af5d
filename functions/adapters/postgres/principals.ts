import type { Principal, Principals } from "../../../shared/ports/claims.ts";
import type { Pool } from "./pool.ts";
import { isLostRace } from "./translate.ts";

const columns = "insurer, role, person, kind";

/** Who may act where: our own table, one row per (issuer, sub, insurer). */
export const postgresPrincipals = (pool: Pool): Principals => ({
  find: async (issuer, sub, insurer) => {
    const { rows } = await pool.query<Principal>(
      `SELECT ${columns} FROM principal WHERE issuer = $1 AND sub = $2 AND insurer = $3`,
      [issuer, sub, insurer],
    );
    return rows[0];
  },
  insurersOf: async (issuer, sub) => {
    const { rows } = await pool.query<{ insurer: string }>(
      `SELECT insurer FROM principal WHERE issuer = $1 AND sub = $2 ORDER BY insurer LIMIT 100`,
      [issuer, sub],
    );
    return rows.map(({ insurer }) => insurer);
  },
});

/** Gives a subject a role with an insurer, once: the row that is there already stays as it is. */
export async function enrol(
  pool: Pool,
  issuer: string,
  sub: string,
  principal: Principal,
): Promise<Principal> {
  const { insurer, role, person, kind } = principal;
  try {
    await pool.query(
      `INSERT INTO principal (issuer, sub, insurer, role, person, kind)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [issuer, sub, insurer, role, person, kind],
    );
  } catch (error) {
    if (!isLostRace(error)) throw error;
  }
  return (await postgresPrincipals(pool).find(issuer, sub, insurer)) ?? principal;
}
