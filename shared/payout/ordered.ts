import { dayOf } from "../base/day.ts";
import type { Seen } from "../base/event.ts";
import type { Instant } from "../base/instant.ts";
import type { PayoutState } from "./state.ts";

/** Ended before any bank was ordered to pay it. */
const given: readonly PayoutState["status"][] = ["stopped", "voided"];

/**
 * How much indemnity of a claim banks were ordered to pay, in minor units, as the clock to pay counts it: what was released, whatever became of it, and what
 * replaces it not again; and instalments whose day comes after the deadline.
 */
export function orderedOf(payouts: readonly Seen<PayoutState>[]): (due: Instant) => bigint {
  const indemnity = payouts.filter(({ state }) => state.head === "indemnity");
  const sent = new Set(
    indemnity.flatMap(({ stream, state }) => (state.releasedAt === null ? [] : [stream])),
  );
  return (due) =>
    indemnity.reduce((sum, { stream, state }) => {
      const { instalment, status, replaces, amount } = state;
      const later = instalment && instalment.due > dayOf(due) && !given.includes(status);
      if (!sent.has(stream) && !later) return sum;
      return replaces !== null && sent.has(replaces) ? sum : sum + amount.minor;
    }, 0n);
}
