import { expect, test } from "@jest/globals";
import { splitMix64 } from "../../local/portfolio/seeded/splitmix64.ts";

test("SplitMix64 gives the published draws of seed 1234567", () => {
  const { next } = splitMix64(1_234_567n);
  expect([next(), next(), next(), next(), next()]).toEqual([
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
    4593380528125082431n,
    16408922859458223821n,
  ]);
});

test("a shuffle keeps every item, a draw stays in its bounds", () => {
  const draws = splitMix64(7n);
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = draws.shuffled(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  const seen = new Set(Array.from({ length: 200 }, () => draws.between(-1, 1)));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([-1, 0, 1]);
});
