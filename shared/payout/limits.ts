import { minorOf } from "../base/accumulator.ts";
import type { Money } from "../base/codec.ts";
import { formatAmount } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type Head, proposedCount, spentInAll, spentOn } from "../claim/heads.ts";
import { outstandingOf } from "../claim/outstanding.ts";
import { reserveOf } from "../claim/reserve.ts";
import { mostPayouts } from "./state.ts";
import { type ProposalWorld, payable } from "./world.ts";

/** Refuses a payout beyond the most that a claim can have. */
export function refuseTooMany({ claimAccumulator }: ProposalWorld): Refusal | undefined {
  return minorOf(claimAccumulator, proposedCount) < mostPayouts
    ? undefined
    : refuse("limit-exceeded", `A claim has at most ${mostPayouts} payouts.`);
}

/**
 * Minor units of a payout that is asked for, or why it can't be. Indemnity is never above what is left of the award; any other head names its amount, and
 * has its own limit in its bands ({@link authorityOf}). All of them lie within the claim's reserve.
 */
export function amountOf(
  { claim, claimAccumulator, replaces }: ProposalWorld,
  head: Head,
  asked: Money | undefined,
): bigint | Refusal {
  const { currency } = claim.state.claimed;
  if (asked && asked.currency !== currency) {
    return refuse("currency-mismatch", "The amount is not in the claim's currency.", "amount");
  }
  const left = payable(claimAccumulator);
  const minor = asked?.minor ?? replaces?.state.amount.minor ?? (head === "indemnity" ? left : 0n);
  if (asked?.minor === 0n || (head !== "indemnity" && minor <= 0n)) {
    return refuse("amount-required", "Say how much.", "amount");
  }
  if (head === "indemnity" && (minor <= 0n || minor > left)) {
    const text = formatAmount(left, currency);
    return refuse("award-exceeded", `Only ${text} of the award is left to pay.`, "amount");
  }
  const room = reserveOf(claim.state) - spentInAll(claimAccumulator);
  // What is still owed, or claimed, of indemnity stays covered: an expense never takes the room of an award.
  const kept =
    head === "indemnity" ? 0n : outstandingOf(claim.state, spentOn(claimAccumulator, "indemnity"));
  return minor > room - kept
    ? refuse("reserve-exceeded", "The claim's reserve does not cover this payout.", "amount")
    : minor;
}
