import type { Balances } from "../payout/balances.ts";
import { accounts } from "../payout/books.ts";
import type { Totals } from "../policy/totals.ts";
import type { Sums } from "./books.ts";

/** The totals of a period by somebody's sums at both its ends: flows between them, what is outstanding at the later one. */
export function totalsBetween(
  before: Sums,
  after: Sums,
  currency: Totals["currency"],
): Pick<Totals, "reported" | "paid" | "recovered" | "outstanding" | "books"> & {
  readonly counts: Omit<Totals["counts"], "erased">;
} {
  const money = (minor: bigint) => ({ minor, currency });
  return {
    counts: {
      reported: after.reportedCount - before.reportedCount,
      paid: after.paidCount - before.paidCount,
      recovered: after.recoveredCount - before.recoveredCount,
      outstanding: after.outstandingCount,
    },
    reported: money(after.reported - before.reported),
    paid: money(after.paid - before.paid),
    recovered: money(after.recovered - before.recovered),
    outstanding: money(after.outstanding),
    books: booksOf(after.balances, currency),
  };
}

/** Every account that is not even, by name: which side it stands on, and at how much. */
function booksOf(balances: Balances, currency: Totals["currency"]): Totals["books"] {
  return accounts.flatMap((account) => {
    const minor = balances.get(account) ?? 0n;
    if (minor === 0n) return [];
    const side = minor > 0n ? ("debit" as const) : ("credit" as const);
    return [{ account, side, amount: { minor: minor > 0n ? minor : -minor, currency } }];
  });
}
