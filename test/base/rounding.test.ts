import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { mulDiv, type Rounding, roundings } from "../../shared/base/rounding.ts";

test.each<[Rounding, bigint, bigint]>([
  ["half-even", 25n, 2n],
  ["half-even", 35n, 4n],
  ["half-even", -25n, -2n],
  ["half-even", -35n, -4n],
  ["half-even", 24n, 2n],
  ["half-even", 26n, 3n],
  ["down", 29n, 2n],
  ["down", -29n, -2n],
  ["up", 21n, 3n],
  ["up", -21n, -3n],
  ["up", 20n, 2n],
])("%s: %d tenths are %d", (rounding, tenths, whole) => {
  expect(mulDiv(tenths, 1n, 10n, rounding)).toBe(whole);
  expect(mulDiv(1n, -tenths, -10n, rounding)).toBe(whole);
});

test("nothing is divided by zero", () => {
  expect(mulDiv(1n, 1n, 0n, "down")).toBeUndefined();
});

test("the product is exact however large: no rounding but the one at the end", () => {
  const whole = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
  const divisor = whole.filter((c) => c !== 0n);
  fc.assert(
    fc.property(whole, whole, divisor, fc.constantFrom(...roundings), (a, b, c, rounding) => {
      const found = mulDiv(a, b, c, rounding) ?? 0n;
      const [off, size] = [abs(found * c - a * b), abs(c)];
      if (off === 0n) return;
      const above = abs(found * c) > abs(a * b);
      if (rounding === "down") expect([off < size, above]).toEqual([true, false]);
      else if (rounding === "up") expect([off < size, above]).toEqual([true, true]);
      else expect(2n * off < size || (2n * off === size && found % 2n === 0n)).toBe(true);
    }),
  );
});

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
