import type { Signatory } from "../base/actor.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";

/** A person's order to release these payouts as this file once its window is open. */
export interface ReleaseOrder {
  readonly file: Handle;
  readonly payouts: readonly Handle[];
  readonly kind: "person" | "simulated";
  readonly signatory: Signatory;
  readonly orderedAt: Instant;
  /** From here on (inclusive) and up to `closesAt` (exclusive) it is carried out; never after. */
  readonly opensAt: Instant;
  readonly closesAt: Instant;
}

/** What became of an order: it waits; its file was released, or nothing of it could go; its window closed first; somebody took it back. */
export type OrderState = "waiting" | "carried-out" | "refused" | "lapsed" | "cancelled";

/** The orders of an insurer, as rows. Every write may be repeated. Throws Unavailable. */
export interface ReleaseOrders {
  /** Adds an order; one of this file stays as it is. */
  add(insurer: string, order: ReleaseOrder): Promise<void>;
  /** The orders that wait and whose window has begun, oldest window first, at most `limit`. */
  due(insurer: string, now: Instant, limit: number): Promise<readonly ReleaseOrder[]>;
  /** Ends an order that waits; false where none does. */
  end(insurer: string, file: Handle, state: Exclude<OrderState, "waiting">): Promise<boolean>;
  /** Where the order of `file` stands; undefined: there is none. */
  stateOf(insurer: string, file: Handle): Promise<OrderState | undefined>;
}
