import { assert } from "../../../shared/base/malformed.ts";

const mask = (1n << 64n) - 1n;

/** Draws of a seeded generator; the same seed gives the same draws everywhere. Never for secrets. */
export interface Draws {
  /** 64 bits. */
  readonly next: () => bigint;
  /** An integer from `low` to `high`, both inclusive. */
  readonly between: (low: number, high: number) => number;
  /** One of `items`. */
  readonly oneOf: <T>(items: readonly T[]) => T;
  /** `items` in another order (Fisher and Yates). */
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). */
export function splitMix64(seed: bigint): Draws {
  let state = seed & mask;
  const next = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    const first = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    const second = ((first ^ (first >> 27n)) * 0x94d049bb133111ebn) & mask;
    return second ^ (second >> 31n);
  };
  const between = (low: number, high: number): number =>
    low + Number(next() % BigInt(high - low + 1));
  const oneOf = <T>(items: readonly T[]): T => {
    const item = items[between(0, items.length - 1)];
    assert(item !== undefined, "one of no items can't be drawn");
    return item;
  };
  const shuffled = <T>(items: readonly T[]): T[] => {
    const rest = [...items];
    return items.flatMap(() => rest.splice(between(0, rest.length - 1), 1));
  };
  return { next, between, oneOf, shuffled };
}
