import { assert } from "../base/malformed.ts";
import { rootOf } from "./frontier.ts";
import { emptyRoot, hashBytes, isHash, nodeHashInto } from "./hash.ts";
import { bitLength, completeRanges, consistencyRanges, type Range } from "./range.ts";

/** A whole tree in memory. Building costs one hash per inner node; questions after that cost look-ups. */
export interface Tree {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The root of the tree that the first `size1` ≤ size leaves are; it costs at most 62 hashes. */
  rootAt(size1: bigint): Uint8Array;
  /** The inclusion proof of leaf `index` < size, leaf's sibling first (RFC 6962 §2.1.1). */
  inclusion(index: bigint): Uint8Array[];
  /** The consistency proof from the first `size1` leaves to all of them, 0 < size1 ≤ size (RFC 6962 §2.1.2). */
  consistency(size1: bigint): Uint8Array[];
  /** The root of the `index`-th complete subtree of 2^height leaves. */
  subtree(height: number, index: bigint): Uint8Array;
  /** The roots of `count` such subtrees from the `first`-th on, one after another: what a tile of level `height` / 8 holds. */
  subtrees(height: number, first: bigint, count: number): Uint8Array;
}

/** The tree over 32-byte `leafHashes`, up to what an array holds. Hashes it answers are views of its own bytes. */
export function treeOf(leafHashes: readonly Uint8Array[]): Tree {
  for (const hash of leafHashes) assert(isHash(hash), "a leaf hash has 32 bytes");
  return treeOver(concat(leafHashes));
}

/** {@link treeOf} leaf hashes that lie one after another; the bytes are the tree's from now on. */
export function treeOver(leafHashes: Uint8Array): Tree {
  assert(leafHashes.length % hashBytes === 0, "a leaf hash has 32 bytes");
  const levels = levelsOver(leafHashes);
  const size = BigInt(leafHashes.length / hashBytes);
  const row = (height: number, first: number, count: number): Uint8Array => {
    const hashes = levels[height]?.subarray(first * hashBytes, (first + count) * hashBytes);
    assert(hashes?.length === count * hashBytes, "a node lies inside its tree");
    return hashes;
  };
  return {
    size,
    root: levels.at(-1) ?? emptyRoot,
    rootAt(size1) {
      assert(0n <= size1 && size1 <= size, "a tree begins with no larger one");
      const parts = completeRanges({ start: 0n, end: size1 });
      return rootOf({ size: size1, hashes: parts.map((part) => row(...coordinates(part), 1)) });
    },
    inclusion(index) {
      assert(0n <= index && index < size, "an index lies inside its tree");
      return siblings(levels, Number(index));
    },
    consistency: (size1) =>
      consistencyRanges(size1, size).map((range) => row(...coordinates(range), 1)),
    subtree(height, index) {
      assert((index + 1n) << BigInt(height) <= size, "a complete subtree lies inside its tree");
      return row(height, Number(index), 1);
    },
    subtrees(height, first, count) {
      const end = first + BigInt(count);
      assert(count > 0 && end << BigInt(height) <= size, "complete subtrees lie inside their tree");
      return row(height, Number(first), count);
    },
  };
}

/**
 * Level h holds one hash per started group of 2^h leaves, one after another. A last node without a sibling moves up as it is, which is the split
 * of RFC 6962 §2.1 seen from below.
 */
function levelsOver(leafHashes: Uint8Array): readonly Uint8Array[] {
  if (leafHashes.length === 0) return [];
  const levels = [leafHashes];
  for (let below = levels[0]; below && below.length > hashBytes; below = levels.at(-1)) {
    const pairs = Math.floor(below.length / (2 * hashBytes));
    const level = new Uint8Array(Math.ceil(below.length / (2 * hashBytes)) * hashBytes);
    for (let i = 0; i < pairs; i++) nodeHashInto(below, 2 * i * hashBytes, level, i * hashBytes);
    level.set(below.subarray(2 * pairs * hashBytes), pairs * hashBytes);
    levels.push(level);
  }
  return levels;
}

function concat(hashes: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(hashes.length * hashBytes);
  for (let i = 0; i < hashes.length; i++) whole.set(hashes[i] as Uint8Array, i * hashBytes);
  return whole;
}

function siblings(levels: readonly Uint8Array[], index: number): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let height = 0; height + 1 < levels.length; height++) {
    const at = (Math.floor(index / 2 ** height) ^ 1) * hashBytes;
    const sibling = levels[height]?.subarray(at, at + hashBytes);
    if (sibling?.length === hashBytes) hashes.push(sibling);
  }
  return hashes;
}

/** Height and place of the node over `range`. */
function coordinates(range: Range): [height: number, index: number] {
  const height = bitLength(range.end - range.start - 1n);
  return [height, Number(range.start >> BigInt(height))];
}
