import type { payoutBreaks } from "../base/bank-breaks.ts";
import type { Money } from "../base/codec.ts";
import { unlessMalformed } from "../base/malformed.ts";
import { formatAmount } from "../base/money.ts";
import { parseDecimal } from "../iso20022/control-sum.ts";
import { type BankReport, isDebitOpen, type PayoutState } from "./state.ts";

/** An amount as a bank wrote it, in whatever currency, of whatever size. */
export interface StatedAmount {
  readonly currency: string;
  readonly decimal: string;
}

/** What a bank's message says of one payout. */
export interface BankLine {
  readonly report: BankReport;
  readonly amount?: StatedAmount | undefined;
  /** The bank's own number of what it did; empty where it gives none. The same number is the same booking, in whatever message. */
  readonly reference: string;
  /** SHA-256 of the message's bytes, in hexadecimal. */
  readonly message: string;
  /** What the bank charges the insurer for it. */
  readonly fee?: Money | undefined;
}

/** A break that a line of a bank can be; that no line comes is another. */
export type LineBreak = Exclude<(typeof payoutBreaks)[number], "unanswered">;

/**
 * What a line comes to on a payout as it stands: it moves it; it is known; it takes back a booking that was a break; it waits for another that explains it (a return whose booking did not come yet); or it is a
 * break. Looked at in this order: was the payout ever sent, was this said before, currency, amount, state.
 */
export type Judgement = "moves" | "known" | "waits" | "reverses" | { readonly break: LineBreak };

export function judgeLine(state: PayoutState, line: BankLine): Judgement {
  if (!sent.includes(state.status)) return { break: "not-released" };
  return judgeKnown(state, line) ?? judgeAmount(state, line) ?? judgeState(state, line);
}

/** The break that this very line was recorded as before; undefined where it is new. */
export const brokenBefore = (
  { breaks }: PayoutState,
  { report, reference, message }: BankLine,
): LineBreak | undefined =>
  breaks.find(
    (each) => each.said === report && each.reference === reference && each.message === message,
  )?.kind;

const sent: readonly PayoutState["status"][] = [
  "released",
  "settled",
  "rejected",
  "recalled",
  "returned",
];

function judgeKnown(state: PayoutState, line: BankLine): Judgement | undefined {
  const { status, reports } = state;
  const { report, reference, message } = line;
  const unpaid = report === "rejected" || report === "recalled";
  if (unpaid && status === report) return "known";
  // Where the bank gives no number, the same message says the same again.
  const before = reports.some(
    (each) =>
      saidIn(each.report) === report &&
      each.reference === reference &&
      (reference !== "" || each.message === message),
  );
  // The same booking told with another amount contradicts itself.
  return before ? ((line.amount && judgeAmount(state, line)) ?? "known") : undefined;
}

/** Money must be that of the payout, to the unit, wherever it is stated; of money that moved it must be. */
function judgeAmount(
  { amount }: PayoutState,
  { report, amount: stated }: BankLine,
): Judgement | undefined {
  if (stated && stated.currency !== amount.currency) return { break: "currency-differs" };
  if (!stated) {
    return report === "settled" || report === "returned" ? { break: "amount-missing" } : undefined;
  }
  const decimal = unlessMalformed(() => parseDecimal(stated.decimal, "amount"));
  const released = parseDecimal(formatAmount(amount.minor, amount.currency), "amount");
  return decimal === released ? undefined : { break: "amount-differs" };
}

const saidIn = (report: PayoutState["reports"][number]["report"]): BankReport =>
  report === "reversed" ? "returned" : report;

/** Which of a payout's breaks the next credit of its money takes back: the first open one that was a debit of it; -1 where there is none. */
export const reversible = ({ breaks }: Pick<PayoutState, "breaks">): number =>
  breaks.findIndex(
    ({ open, said, kind }) =>
      open && said === "settled" && (kind === "booked-twice" || kind === "contradicted"),
  );

/** The break that this very line took back; undefined where it did none. */
export const reversedBefore = (
  { breaks }: PayoutState,
  { report, reference, message }: BankLine,
): PayoutState["breaks"][number] | undefined =>
  report === "returned"
    ? breaks.find(
        ({ reversedBy }) => reversedBy?.reference === reference && reversedBy.message === message,
      )
    : undefined;

function judgeState(state: PayoutState, { report }: BankLine): Judgement {
  const { status, settledAt, returnedAt, recoveries } = state;
  const paid = settledAt !== null;
  switch (report) {
    case "settled":
      if (paid) return { break: "booked-twice" };
      return status === "released" ? "moves" : { break: "contradicted" };
    case "returned":
      // What went out twice and comes back once is still paid.
      if (reversible(state) >= 0) return "reverses";
      if (returnedAt !== null) return { break: "returned-twice" };
      if (paid) return recoveries.length > 0 ? { break: "returned-after-recovery" } : "moves";
      return status === "released" ? "waits" : { break: "returned-early" };
    default:
      // Of what was debited, whatever the amount, nobody can say it was not paid.
      return status === "released" && !isDebitOpen(state) ? "moves" : { break: "contradicted" };
  }
}
