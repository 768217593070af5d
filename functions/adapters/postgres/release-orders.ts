import type { OrderRow, OrderState, ReleaseOrders } from "../../../shared/ports/release-orders.ts";
import type { Pool } from "./pool.ts";

/** Release orders, as role `countersign_app`. */
export const releaseOrders = (pool: Pool): ReleaseOrders => ({
  add: async (insurer, { file, person, content, opensAt }) => {
    await pool.query(
      `INSERT INTO release_orders (insurer, file, person, content, opens_at, state)
       VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT DO NOTHING`,
      [insurer, file, person, content, opensAt],
    );
  },
  due: async (insurer, now, limit, skip = 0) => {
    const { rows } = await pool.query<OrderRow>(
      `SELECT file, person, content, opens_at AS "opensAt" FROM release_orders
       WHERE insurer = $1 AND state = 'waiting' AND opens_at <= $2 ORDER BY opens_at, file LIMIT $3 OFFSET $4`,
      [insurer, now, limit, skip],
    );
    return rows;
  },
  end: async (insurer, file, state) => {
    const { rowCount } = await pool.query(
      `UPDATE release_orders SET state = $3 WHERE insurer = $1 AND file = $2 AND state = 'waiting'`,
      [insurer, file, state],
    );
    return rowCount > 0;
  },
  mayRelease: async (insurer, person) => {
    const { rowCount } = await pool.query(
      `SELECT 1 FROM principal WHERE insurer = $1 AND person = $2 AND role = 'releaser' LIMIT 1`,
      [insurer, person],
    );
    return rowCount > 0;
  },
  stateOf: async (insurer, file) => {
    const { rows } = await pool.query<{ state: OrderState }>(
      `SELECT state FROM release_orders WHERE insurer = $1 AND file = $2`,
      [insurer, file],
    );
    return rows[0]?.state;
  },
});
