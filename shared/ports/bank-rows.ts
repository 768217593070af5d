import type { BreakKind } from "../base/bank-breaks.ts";
import type { Day } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";

/** What names a break: its kind, the payout or file it is about, the SHA-256 of the message that showed it; null where there is none. */
export interface Break {
  readonly kind: BreakKind;
  readonly about: Handle | null;
  readonly message: string | null;
}

/** A break as the list has it. */
export interface ListedBreak extends Break {
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
}

/** What became of a bank's message as a whole. */
export type MessageOutcome = "waiting" | "recorded" | "unreadable" | "wrong-totals";

/** A message we saw: what became of it, and when it first came. "waiting": something in it waits for another message that explains it. */
export interface SeenMessage {
  readonly outcome: MessageOutcome;
  readonly receivedAt: Instant;
}

/** A reconciliation as it was frozen: what its record says. */
export interface FrozenReconciliation {
  readonly number: bigint;
  readonly day: Day;
  readonly payments: bigint;
  readonly matched: bigint;
  readonly opened: readonly Break[];
  readonly closed: readonly Break[];
}

/** The rows between the platform and banks. Every write may be repeated. Throws Unavailable. */
export interface BankRows {
  /** Files of released payouts that were never sent, by handle, after `after`, at most `limit`. */
  unsent(insurer: string, after: Handle, limit: number): Promise<readonly Handle[]>;
  /** Whether a file was sent. */
  wasSent(insurer: string, file: Handle): Promise<boolean>;
  sent(insurer: string, file: Handle, sha256: string, at: Instant): Promise<void>;
  /** A message by its hash; undefined where it is new. */
  seen(insurer: string, sha256: string): Promise<SeenMessage | undefined>;
  /** What became of a message; that stays, but for "waiting". */
  took(insurer: string, sha256: string, outcome: MessageOutcome, at: Instant): Promise<void>;
  /** Opens breaks; one that is on the list, open or closed, stays as it is. */
  open(insurer: string, breaks: readonly Break[], at: Instant): Promise<void>;
  /** Closes a break that is open; false where there is none. */
  close(insurer: string, closed: Break, at: Instant): Promise<boolean>;
  /** The list: open breaks, or all, oldest first, at most `limit`. */
  list(insurer: string, which: "open" | "all", limit: number): Promise<readonly ListedBreak[]>;
  /** Opens "unanswered" for payouts still released though their file was sent before `sentBefore`, of which nothing else is open; at most 1,000. Gives how many. */
  openUnanswered(insurer: string, sentBefore: Instant, at: Instant): Promise<number>;
  /** Closes "unanswered" of payouts that are no longer released. */
  closeAnswered(insurer: string, at: Instant): Promise<void>;
  /**
   * Freezes reconciliation `number` with up to `limit` opened and closed breaks that no other one says; undefined where there is nothing to say: no break, and
   * either nothing was ever sent or one of `day` is recorded (`said`). Frozen once, it is given again as it is.
   */
  freeze(
    insurer: string,
    number: bigint,
    day: Day,
    said: boolean,
    limit: number,
  ): Promise<FrozenReconciliation | undefined>;
}
