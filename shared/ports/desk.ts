import type { Role } from "../api/role.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { ClockName } from "../claim/state.ts";
import type { FrozenReconciliation, ListedBreak } from "./bank-rows.ts";
import type { Position } from "./position.ts";
import type { OrderRow, OrderState } from "./release-orders.ts";
import type { StreamRow } from "./store.ts";

/** A claim of the queue, as its row has it. */
export interface QueuedClaim extends StreamRow {
  readonly assignee: Handle | null;
  readonly decideBy: Instant | null;
  /** Names of the clocks that ran out, with spaces between; null: none. */
  readonly breached: string | null;
  readonly breachedAt: Instant | null;
}

/** What the queue is asked for. Without `decideBefore` it is sorted by the last act, oldest first; with it by the day to decide, earliest first. */
export interface QueueFilter {
  readonly statuses: readonly string[];
  /** Those of one person, or of nobody; absent: anybody's. */
  readonly assignee?: Handle | "none" | undefined;
  /** Those to be decided before then (exclusive). */
  readonly decideBefore?: Instant | undefined;
  /** Those of which this clock ran out, as recorded, or any: then sorted by when that was. */
  readonly breach?: ClockName | "any" | undefined;
}

/** A payout, as its row has it. */
export interface ListedPayout extends StreamRow {
  readonly claim: Handle;
  readonly file: Handle | null;
  readonly due: bigint | null;
}

/** The lists an insurer's people work from, each by an index and at most `limit` rows. Throws Unavailable. */
export interface Desk {
  claims(
    insurer: string,
    filter: QueueFilter,
    after: Position | undefined,
    limit: number,
  ): Promise<readonly QueuedClaim[]>;
  /** Claims whose handle begins with `prefix`, by handle, after `after`. */
  claimsLike(
    insurer: string,
    prefix: string,
    after: Handle | undefined,
    limit: number,
  ): Promise<readonly QueuedClaim[]>;
  /** Payouts in one of `statuses`, by last act, oldest first. */
  payouts(
    insurer: string,
    statuses: readonly string[],
    after: Position | undefined,
    limit: number,
  ): Promise<readonly ListedPayout[]>;
  /** Release orders in a state, by when their window opens. */
  orders(
    insurer: string,
    state: OrderState,
    after: Position | undefined,
    limit: number,
  ): Promise<readonly OrderRow[]>;
  /** Breaks, the oldest first; the position's stream is kind, about and message with spaces between, empty where there is none. */
  breaks(
    insurer: string,
    which: "open" | "all",
    after: Position | undefined,
    limit: number,
  ): Promise<readonly ListedBreak[]>;
  /** Reconciliations, the newest first, below number `before`. */
  reconciliations(
    insurer: string,
    before: bigint | undefined,
    limit: number,
  ): Promise<readonly Pick<FrozenReconciliation, "number" | "day" | "payments" | "matched">[]>;
  /** Whether somebody of this handle has this role with the insurer. */
  isStaff(insurer: string, person: Handle, role: Role): Promise<boolean>;
}
