import type { Draft, Drafts } from "../../../shared/ports/drafts.ts";
import type { Pool } from "./pool.ts";

const named = `draft, pack, author, created_at AS "createdAt"`;

/** Drafts of rule packs, as role `countersign_app`. */
export const postgresDrafts = (pool: Pool): Drafts => ({
  find: async (insurer, draft) => {
    const { rows } = await pool.query<Draft>(
      `SELECT ${named}, content FROM pack_drafts WHERE insurer = $1 AND draft = $2`,
      [insurer, draft],
    );
    return rows[0];
  },
  list: async (insurer, after, limit) => {
    const { rows } = await pool.query<Omit<Draft, "content">>(
      `SELECT ${named} FROM pack_drafts WHERE insurer = $1 AND (created_at, draft) > ($2, $3)
       ORDER BY created_at, draft LIMIT $4`,
      [insurer, after?.value ?? -1n, after?.stream ?? "", limit],
    );
    return rows;
  },
});
