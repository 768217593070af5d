import type { Currency } from "../base/money.ts";
import type { Change } from "./shadow.ts";

/** How many decisions, and by how much together, in minor units. */
export interface Sum {
  readonly count: number;
  readonly minor: bigint;
}

/** What changes in one currency: more for the insured, less, or the same amount for another reason. */
export interface Totals {
  readonly currency: Currency;
  readonly inFavour: Sum;
  readonly against: Sum;
  readonly sameAmount: number;
  /** Of those against: paid then, and now for a person to decide. */
  readonly nowReferred: Sum;
  readonly net: bigint;
}

/** The difference a change makes, in minor units: above zero in favour of the insured. */
export const differenceOf = ({ from, to }: Change): bigint => to.minor - from.minor;

/** Sums by currency, in its alphabetical order. */
export function totalsOf(changes: readonly Change[]): Totals[] {
  const groups = Map.groupBy(changes, ({ currency }) => currency);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, all]) => {
      const more = all.filter((change) => differenceOf(change) > 0n);
      const less = all.filter((change) => differenceOf(change) < 0n);
      return {
        currency,
        inFavour: sumOf(more),
        against: sumOf(less),
        sameAmount: all.length - more.length - less.length,
        nowReferred: sumOf(less.filter(({ to }) => to.outcome === "REFER")),
        net: sumOf(all).minor,
      };
    });
}

const sumOf = (changes: readonly Change[]): Sum => ({
  count: changes.length,
  minor: changes.reduce((sum, change) => sum + differenceOf(change), 0n),
});
