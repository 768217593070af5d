import { assert } from "../base/malformed.ts";
import { emptyRoot, isHash, nodeHash } from "./hash.ts";
import { bitLength, consistencyRanges, type Range } from "./range.ts";

/** A whole tree in memory. Building costs one hash per inner node; every question after that costs look-ups. */
export interface Tree {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The inclusion proof of leaf `index` < size, leaf's sibling first (RFC 6962 §2.1.1). */
  inclusion(index: bigint): Uint8Array[];
  /** The consistency proof from the first `size1` leaves to all of them, 0 < size1 ≤ size (RFC 6962 §2.1.2). */
  consistency(size1: bigint): Uint8Array[];
  /** The root of the `index`-th complete subtree of 2^height leaves. */
  subtree(height: number, index: bigint): Uint8Array;
}

/** The tree over 32-byte `leafHashes`, up to what an array holds. */
export function treeOf(leafHashes: readonly Uint8Array[]): Tree {
  for (const hash of leafHashes) assert(isHash(hash), "a leaf hash has 32 bytes");
  const levels = levelsOver(leafHashes);
  const size = BigInt(leafHashes.length);
  const at = (height: number, index: number): Uint8Array => {
    const hash = levels[height]?.[index];
    assert(hash !== undefined, "a node lies inside its tree");
    return hash;
  };
  return {
    size,
    root: levels.at(-1)?.[0] ?? emptyRoot,
    inclusion(index) {
      assert(0n <= index && index < size, "an index lies inside its tree");
      return siblings(levels, Number(index));
    },
    consistency: (size1) =>
      consistencyRanges(size1, size).map((range) => at(...coordinates(range))),
    subtree(height, index) {
      assert((index + 1n) << BigInt(height) <= size, "a complete subtree lies inside its tree");
      return at(height, Number(index));
    },
  };
}

/**
 * Level h holds one hash per started group of 2^h leaves. A last node without a sibling moves up as it is,
 * which is the split of RFC 6962 §2.1 seen from below.
 */
function levelsOver(leafHashes: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const levels = [leafHashes];
  for (let below = leafHashes; below.length > 1; ) {
    const level: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) {
      const left = below[i] as Uint8Array;
      const right = below[i + 1];
      level.push(right === undefined ? left : nodeHash(left, right));
    }
    levels.push(level);
    below = level;
  }
  return levels;
}

function siblings(levels: readonly (readonly Uint8Array[])[], index: number): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let height = 0; height + 1 < levels.length; height++) {
    const sibling = levels[height]?.[Math.floor(index / 2 ** height) ^ 1];
    if (sibling !== undefined) hashes.push(sibling);
  }
  return hashes;
}

/** Height and place of the node over `range`. */
function coordinates(range: Range): [height: number, index: number] {
  const height = bitLength(range.end - range.start - 1n);
  return [height, Number(range.start >> BigInt(height))];
}
