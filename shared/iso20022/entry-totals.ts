import { type Decimal, parseDecimal } from "./control-sum.ts";
import { type Discrepancy, unless } from "./discrepancy.ts";
import type { Fields, ReportedAmount } from "./fields.ts";
import type { Entry } from "./notification-item.ts";

const decimalOf = ({ decimal }: ReportedAmount): Decimal => parseDecimal(decimal, "amount");

/** What the entries of one notification come to, whatever their direction and by it. */
export class EntryTotals {
  readonly #count = { credit: 0n, debit: 0n };
  readonly #sum = { credit: 0n, debit: 0n };

  add({ direction, amount }: Entry): void {
    this.#count[direction]++;
    this.#sum[direction] += decimalOf(amount);
  }

  /** What `notification` states of its entries (TxsSummry) and they contradict. */
  check(notification: Fields): Discrepancy[] {
    const found = (name: string, count: bigint, sum: Decimal): Discrepancy[] => {
      const path = `TxsSummry/${name}`;
      const where = `${notification.where}/${path}`;
      const stated = {
        count: notification.count(`${path}/NbOfNtries`),
        sum: notification.decimal(`${path}/Sum`),
      };
      return [
        ...unless(`${where}/NbOfNtries`, "count", stated.count, count),
        ...unless(`${where}/Sum`, "sum", stated.sum, sum),
      ];
    };
    const [count, sum] = [this.#count, this.#sum];
    return [
      ...found("TtlNtries", count.credit + count.debit, sum.credit + sum.debit),
      ...found("TtlCdtNtries", count.credit, sum.credit),
      ...found("TtlDbtNtries", count.debit, sum.debit),
    ];
  }
}

/** What the transactions listed under an entry, or under one NtryDtls of it, come to in the entry's currency and direction. */
export interface Details {
  readonly count: bigint;
  /** Undefined once one of them states no amount, or one in another currency. */
  readonly sum: Decimal | undefined;
}

export const noDetails: Details = { count: 0n, sum: 0n };

export const plus = (a: Details, b: Details): Details => ({
  count: a.count + b.count,
  sum: a.sum === undefined || b.sum === undefined ? undefined : a.sum + b.sum,
});

/** One transaction as details of `entry`. */
export function detailOf(
  entry: Entry,
  amount: ReportedAmount | undefined,
  direction: Entry["direction"],
): Details {
  if (!amount || amount.currency !== entry.amount.currency) return { count: 1n, sum: undefined };
  const value = decimalOf(amount);
  return { count: 1n, sum: direction === entry.direction ? value : -value };
}

/** What a batch (Btch) states and the transactions listed beside it contradict; one that lists none only says what it holds. */
export function checkBatch(details: Fields, { count, sum }: Details): Discrepancy[] {
  const stated = details.amount("Btch/TtlAmt");
  if (count === 0n) return [];
  return [
    ...unless(`${details.where}/Btch/NbOfTxs`, "count", details.count("Btch/NbOfTxs"), count),
    ...(stated && sum !== undefined
      ? unless(`${details.where}/Btch/TtlAmt`, "sum", decimalOf(stated), sum)
      : []),
  ];
}

/** Where all transactions of an entry state an amount in its currency, they add up to the entry. */
export const checkDetails = (
  fields: Fields,
  entry: Entry,
  { count, sum }: Details,
): Discrepancy[] =>
  count === 0n || sum === undefined
    ? []
    : unless(`${fields.where}/Amt`, "sum", decimalOf(entry.amount), sum);
