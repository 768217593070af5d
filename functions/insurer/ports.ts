import type { BankRows } from "../../shared/ports/bank-rows.ts";
import type { Desk } from "../../shared/ports/desk.ts";
import type { Drafts } from "../../shared/ports/drafts.ts";
import type { ReleaseOrders } from "../../shared/ports/release-orders.ts";
import type { OperatorPorts } from "../operator/core.ts";

/** What the insurer's function works with besides the edge: commands, and the rows its lists come from. */
export interface InsurerPorts extends OperatorPorts {
  readonly desk: Desk;
  readonly drafts: Drafts;
  readonly orders: ReleaseOrders;
  readonly bank: BankRows;
}
