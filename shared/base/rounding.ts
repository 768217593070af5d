/** How a quotient that is no integer is rounded: to the nearest, ties to the even one; towards zero; away from zero. */
export const roundings = ["half-even", "down", "up"] as const;
export type Rounding = (typeof roundings)[number];

/** a × b ÷ c as an integer, exact before the one rounding; undefined where `c` is zero. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint | undefined {
  if (c === 0n) return undefined;
  const product = a * b;
  const towardsZero = product / c;
  const left = product % c;
  if (left === 0n || rounding === "down") return towardsZero;
  const away = towardsZero + (product < 0n === c < 0n ? 1n : -1n);
  if (rounding === "up") return away;
  const twice = 2n * abs(left);
  if (twice === abs(c)) return towardsZero % 2n === 0n ? towardsZero : away;
  return twice < abs(c) ? towardsZero : away;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
