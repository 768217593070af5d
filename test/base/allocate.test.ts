import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { allocate } from "../../shared/base/allocate.ts";

test("units left over go to the largest remainders, the earlier part first", () => {
  expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  expect(allocate(101n, [1n, 1n, 1n])).toEqual([34n, 34n, 33n]);
  // 10 × 3/7 = 4 r 2, 10 × 3/7 = 4 r 2, 10 × 1/7 = 1 r 3: the last has the largest remainder.
  expect(allocate(10n, [3n, 3n, 1n])).toEqual([4n, 4n, 2n]);
  expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
  expect(allocate(5n, [0n, 7n, 0n])).toEqual([0n, 5n, 0n]);
});

test("nothing is split among nothing; something is not", () => {
  expect(allocate(0n, [0n, 0n])).toEqual([0n, 0n]);
  expect(allocate(0n, [])).toEqual([]);
  expect(allocate(1n, [0n, 0n])).toBeUndefined();
  expect(() => allocate(1n, [2n, -1n])).toThrow();
});

test("no unit is lost or made, and no part is a whole unit from its share", () => {
  const amount = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
  const weights = fc.array(fc.bigInt({ min: 0n, max: 2n ** 70n }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(amount, weights, (total, each) => {
      const whole = each.reduce((a, b) => a + b, 0n);
      fc.pre(whole > 0n);
      const parts = allocate(total, each) ?? [];
      expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
      for (const [i, part] of parts.entries()) {
        const off = part * whole - total * (each[i] ?? 0n);
        expect(off > -whole && off < whole).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
