import type { BankRows } from "../../shared/ports/bank-rows.ts";
import type { Desk } from "../../shared/ports/desk.ts";
import type { Drafts } from "../../shared/ports/drafts.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { ReleaseOrders } from "../../shared/ports/release-orders.ts";
import type { Uploads } from "../../shared/ports/uploads.ts";
import type { OperatorPorts } from "../operator/core.ts";

/** What the insurer's function works with besides the edge: commands, the rows its lists come from, and where what is done as a job is kept. */
export interface InsurerPorts extends OperatorPorts, InsurerJobs {
  readonly desk: Desk;
  readonly drafts: Drafts;
  readonly orders: ReleaseOrders;
  readonly bank: BankRows;
  readonly published: ObjectStore;
}

/** Jobs that the insurer's people asked for, and the files they upload for them. */
export interface InsurerJobs {
  readonly jobs: ObjectStore;
  readonly uploads: Pick<Uploads, "upload">;
}
