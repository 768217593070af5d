import { type Accumulator, minorOf } from "../base/accumulator.ts";
import { otherHeads } from "../policy/insurer.ts";

/**
 * What a payout is of: the indemnity a decision awards; interest on it; an expense of handling the claim; or a payment ex gratia, which nobody owes.
 * Only indemnity wears down the award and the policy's limit.
 */
export const heads = ["indemnity", ...otherHeads] as const;
export type Head = (typeof heads)[number];

/** What a claim's accumulator row counts under each head, in minor units. */
export type HeadAmount =
  | "committed"
  | "paid"
  | "returned"
  | "recovered"
  | "subrogated"
  | "disputed";

/** The name in the claim's row of how many payouts were proposed, under any head: a number, the one value there that is no amount. */
export const proposedCount = "proposed";

/** The name of a head's amount in the claim's row: the bare word for indemnity, `expense/paid` and the like for others. */
export const amountName = (head: Head, amount: HeadAmount): string =>
  head === "indemnity" ? amount : `${head}/${amount}`;

const amountOf = (row: Accumulator, head: Head, amount: HeadAmount): bigint =>
  minorOf(row, amountName(head, amount));

/** Paid under the head, and neither sent back by a bank nor recovered from who was overpaid: what of it can't be paid again. */
export const paidNet = (row: Accumulator, head: Head): bigint =>
  amountOf(row, head, "paid") - amountOf(row, head, "returned") - amountOf(row, head, "recovered");

/** What banks say they paid under the head though the log says it did not go out: not payable until that is cleared up. */
export const disputedOn = (row: Accumulator, head: Head): bigint => amountOf(row, head, "disputed");

/** What was recovered under the head from who was overpaid, and so is payable again. */
export const recoveredOn = (row: Accumulator, head: Head): bigint =>
  amountOf(row, head, "recovered");

/** Under way or paid for good under the head. */
export const spentOn = (row: Accumulator, head: Head): bigint =>
  amountOf(row, head, "committed") + paidNet(row, head);

/** Under way under any head: payouts that are proposed and neither settled nor ended. */
export const underWay = (row: Accumulator): bigint =>
  heads.reduce((sum, head) => sum + amountOf(row, head, "committed"), 0n);

/** Under way or paid for good under all heads: what a claim's reserve must cover. */
export const spentInAll = (row: Accumulator): bigint =>
  heads.reduce((sum, head) => sum + spentOn(row, head), 0n);
