import type { InsurerPorts } from "../../insurer/ports.ts";
import { bankRows } from "./bank-rows.ts";
import { postgresDesk } from "./desk.ts";
import { postgresDrafts } from "./drafts.ts";
import type { Pool } from "./pool.ts";
import { releaseOrders } from "./release-orders.ts";

/** The rows an insurer's people work with, as role `countersign_app`. */
export const insurerRows = (
  pool: Pool,
): Pick<InsurerPorts, "desk" | "drafts" | "orders" | "bank"> => ({
  desk: postgresDesk(pool),
  drafts: postgresDrafts(pool),
  orders: releaseOrders(pool),
  bank: bankRows(pool),
});
