import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";

/** A person's order to release payouts as `file`, as it lies in its row. */
export interface OrderRow {
  readonly file: Handle;
  /** Who ordered. */
  readonly person: Handle;
  /** What they ordered, closed under their data key. */
  readonly content: string;
  /** From when on it is looked at. */
  readonly opensAt: Instant;
}

/**
 * What became of an order: it waits; its file was released; nothing of it could go, or its person may no longer release; its window closed first; somebody took it back.
 */
export type OrderState = "waiting" | "carried-out" | "refused" | "lapsed" | "cancelled";

/** The orders of an insurer, as rows. Every write may be repeated. Throws Unavailable. */
export interface ReleaseOrders {
  /** Adds an order; one of this file stays as it is. */
  add(insurer: string, order: OrderRow): Promise<void>;
  /** The orders that wait and whose window has begun, oldest window first, at most `limit` after the first `skip` (0). */
  due(insurer: string, now: Instant, limit: number, skip?: number): Promise<readonly OrderRow[]>;
  /** Ends an order that waits; false where none does. */
  end(insurer: string, file: Handle, state: Exclude<OrderState, "waiting">): Promise<boolean>;
  /** Whether this person is, as of now, enrolled with the insurer as a releaser. */
  mayRelease(insurer: string, person: Handle): Promise<boolean>;
  /** Where the order of `file` stands; undefined: there is none. */
  stateOf(insurer: string, file: Handle): Promise<OrderState | undefined>;
}
