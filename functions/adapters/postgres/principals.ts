import type { Principal, Principals } from "../../../shared/ports/claims.ts";
import type { Pool } from "./pool.ts";
import { isLostRace } from "./translate.ts";

const columns = "insurer, role, person, kind";

/** The role of a row that gives none any more. */
const dismissed = "dismissed";

/** Who may act where: our own table, one row per (issuer, sub, insurer). */
export const postgresPrincipals = (pool: Pool): Principals => ({
  find: async (issuer, sub, insurer) => {
    const { rows } = await pool.query<Principal>(
      `SELECT ${columns} FROM principal
       WHERE issuer = $1 AND sub = $2 AND insurer = $3 AND role <> '${dismissed}'`,
      [issuer, sub, insurer],
    );
    return rows[0];
  },
  insurersOf: async (issuer, sub) => {
    const { rows } = await pool.query<{ insurer: string }>(
      `SELECT insurer FROM principal
       WHERE issuer = $1 AND sub = $2 AND role <> '${dismissed}' ORDER BY insurer LIMIT 100`,
      [issuer, sub],
    );
    return rows.map(({ insurer }) => insurer);
  },
});

/** Gives a subject a role with an insurer, once: a row that gives one already stays as it is. */
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
    await pool.query(
      `UPDATE principal SET role = $4, person = $5, kind = $6
       WHERE issuer = $1 AND sub = $2 AND insurer = $3 AND role = '${dismissed}'`,
      [issuer, sub, insurer, role, person, kind],
    );
  } catch (error) {
    if (!isLostRace(error)) throw error;
  }
  return (await postgresPrincipals(pool).find(issuer, sub, insurer)) ?? principal;
}

/** Takes a subject's role with an insurer away; whether there was one. */
export async function dismiss(
  pool: Pool,
  issuer: string,
  sub: string,
  insurer: string,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE principal SET role = '${dismissed}'
     WHERE issuer = $1 AND sub = $2 AND insurer = $3 AND role <> '${dismissed}'`,
    [issuer, sub, insurer],
  );
  return rowCount > 0;
}
