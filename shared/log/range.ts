import { assert } from "../base/malformed.ts";

/** The leaves `start` (included) to `end` (excluded) below one node of a tree. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** Bits needed to write `value`: 0n needs none. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** The largest power of two below `count` (count > 1): where RFC 6962 §2.1 splits. */
const splitOf = (count: bigint): bigint => 1n << BigInt(bitLength(count - 1n) - 1);

/** The nodes of the inclusion proof of leaf `index` in a tree of `size`, leaf's sibling first (RFC 6962 §2.1.1). */
export function inclusionRanges(index: bigint, size: bigint): Range[] {
  assert(0n <= index && index < size, "an index lies inside its tree");
  const ranges: Range[] = [];
  let [start, end] = [0n, size];
  while (end - start > 1n) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return ranges;
}

/** The nodes of the consistency proof from `size1` to `size2`, deepest first (RFC 6962 §2.1.2); 0 < size1 ≤ size2. */
export function consistencyRanges(size1: bigint, size2: bigint): Range[] {
  assert(0n < size1 && size1 <= size2, "a consistency proof leads from a tree to a later one");
  const ranges: Range[] = [];
  let [start, end] = [0n, size2];
  while (end !== size1) {
    const middle = start + splitOf(end - start);
    if (size1 <= middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0n) ranges.unshift({ start, end });
  return ranges;
}

/** The complete (power of two, aligned) subtrees that make up the node over `range`, left to right. */
export function completeRanges(range: Range): Range[] {
  const ranges: Range[] = [];
  let { start } = range;
  while (start < range.end) {
    const count = 1n << BigInt(bitLength(range.end - start) - 1);
    ranges.push({ start, end: start + count });
    start += count;
  }
  return ranges;
}
