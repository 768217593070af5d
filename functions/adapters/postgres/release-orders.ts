import * as z from "zod";
import { signatorySchema } from "../../../shared/base/actor.ts";
import { canonicalText } from "../../../shared/base/canonical.ts";
import { handleSchema } from "../../../shared/base/codec.ts";
import type {
  OrderState,
  ReleaseOrder,
  ReleaseOrders,
} from "../../../shared/ports/release-orders.ts";
import type { Pool } from "./pool.ts";

interface OrderRow extends Omit<ReleaseOrder, "payouts" | "signatory"> {
  readonly payouts: string;
  readonly signatory: string;
}

const payoutsSchema = z.array(handleSchema).min(1).max(100);

const orderOf = ({ payouts, signatory, ...row }: OrderRow): ReleaseOrder => ({
  ...row,
  payouts: payoutsSchema.parse(JSON.parse(payouts)),
  signatory: signatorySchema.parse(JSON.parse(signatory)),
});

/** Release orders, as role `countersign_app`. They hold handles and times: no amount, name or account. */
export const releaseOrders = (pool: Pool): ReleaseOrders => ({
  add: async (insurer, { file, payouts, kind, signatory, orderedAt, opensAt, closesAt }) => {
    const texts = [canonicalText([...payouts]), kind, canonicalText({ ...signatory })];
    await pool.query(
      `INSERT INTO release_orders (insurer, file, payouts, kind, signatory, ordered_at, opens_at, closes_at, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting') ON CONFLICT DO NOTHING`,
      [insurer, file, ...texts, orderedAt, opensAt, closesAt],
    );
  },
  due: async (insurer, now, limit) => {
    const { rows } = await pool.query<OrderRow>(
      `SELECT file, payouts, kind, signatory, ordered_at AS "orderedAt", opens_at AS "opensAt", closes_at AS "closesAt"
       FROM release_orders WHERE insurer = $1 AND state = 'waiting' AND opens_at <= $2 ORDER BY opens_at, file LIMIT $3`,
      [insurer, now, limit],
    );
    return rows.map(orderOf);
  },
  end: async (insurer, file, state) => {
    const { rowCount } = await pool.query(
      `UPDATE release_orders SET state = $3 WHERE insurer = $1 AND file = $2 AND state = 'waiting'`,
      [insurer, file, state],
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
