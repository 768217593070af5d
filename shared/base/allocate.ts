import { assert } from "./malformed.ts";

/**
 * Splits `total` in proportion to `weights` (none negative) without losing or making a unit: each part is the quotient cut towards zero, and
 * the units left over go one each to the parts with the largest remainders, the earlier part first where two are equal (Hamilton's method).
 * A part never has another sign than the total. Undefined where something is to be split and nothing has weight.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] | undefined {
  assert(
    weights.every((weight) => weight >= 0n),
    "no weight is negative",
  );
  if (total < 0n) return allocate(-total, weights)?.map((part) => (part === 0n ? 0n : -part));
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (sum === 0n) return total === 0n ? weights.map(() => 0n) : undefined;
  const shares = weights.map((weight, index) => ({
    index,
    part: (total * weight) / sum,
    remainder: (total * weight) % sum,
  }));
  const left = total - shares.reduce((all, { part }) => all + part, 0n);
  const byRemainder = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  const favoured = new Set(byRemainder.slice(0, Number(left)).map(({ index }) => index));
  return shares.map(({ index, part }) => (favoured.has(index) ? part + 1n : part));
}
