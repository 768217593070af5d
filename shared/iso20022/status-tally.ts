import { type Decimal, parseDecimal } from "./control-sum.ts";
import { type Discrepancy, unless } from "./discrepancy.ts";
import type { Fields, ReportedAmount } from "./fields.ts";

/** How many transactions of a status were listed, and what they come to: no sum once one of them states no amount. */
interface Tally {
  count: bigint;
  sum: Decimal | undefined;
}
/** By status code. */
export type Tallies = Map<string, Tally>;

/** Counts a transaction. One without a status of its own has that of its batch or file and is not counted. */
export function addTo(
  tallies: Tallies,
  code: string | undefined,
  amount: ReportedAmount | undefined,
): void {
  if (code === undefined) return;
  const tally = tallies.get(code) ?? { count: 0n, sum: 0n };
  tally.count++;
  const value = amount && parseDecimal(amount.decimal, "amount");
  tally.sum = tally.sum === undefined || value === undefined ? undefined : tally.sum + value;
  tallies.set(code, tally);
}

/**
 * What a file or a batch states and its own transactions contradict. A bank may list only some of a status (the rejected ones, say), so more listed
 * than stated is wrong and fewer is not; sums are compared where all are listed with their amounts. All it states per status must add up to the
 * number of payments it repeats from the original.
 */
export function checkTallies(fields: Fields, tallies: Tallies): Discrepancy[] {
  const where = `${fields.where}/NbOfTxsPerSts`;
  const found: Discrepancy[] = [];
  const stated = new Set<string>();
  let total = 0n;
  for (const each of fields.all("NbOfTxsPerSts")) {
    const status = each.must("DtldSts", each.code);
    const count = each.must("DtldNbOfTxs", each.count);
    const sum = each.decimal("DtldCtrlSum");
    const listed = tallies.get(status) ?? { count: 0n, sum: 0n };
    stated.add(status);
    total += count;
    if (listed.count > count) found.push(...unless(each.where, "count", count, listed.count));
    if (listed.count === count && listed.sum !== undefined) {
      found.push(...unless(each.where, "sum", sum, listed.sum));
    }
  }
  const original = fields.count("OrgnlNbOfTxs");
  if (stated.size > 0) {
    found.push(...unless(where, "count", original, total));
    for (const [status, { count }] of tallies) {
      if (!stated.has(status)) found.push(...unless(where, "count", 0n, count));
    }
  }
  const listed = [...tallies.values()].reduce((sum, { count }) => sum + count, 0n);
  if (original !== undefined && listed > original) {
    found.push(...unless(`${fields.where}/OrgnlNbOfTxs`, "count", original, listed));
  }
  return found;
}
