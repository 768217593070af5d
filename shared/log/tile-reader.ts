import { equal } from "../base/bytes.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { foldConsistency, foldInclusion } from "./fold.ts";
import { rootOf } from "./frontier.ts";
import {
  bitLength,
  completeRanges,
  consistencyRanges,
  inclusionRanges,
  type Range,
} from "./range.ts";
import { parseTile, type TileId, tileHolding, tilePath } from "./tile.ts";
import { treeOf } from "./tree.ts";

/** Answers a tile's bytes, from wherever: nothing it answers is trusted. */
export type FetchTile = (id: TileId) => Uint8Array | Promise<Uint8Array>;

/** A size and the root its tree must have, from a source that is trusted. */
export interface TreeHead {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** The leaf hash at `index` < size and its inclusion proof, checked against `head`; tiles that do not lead there are Malformed. */
export async function inclusionFromTiles(
  head: TreeHead,
  index: bigint,
  fetchTile: FetchTile,
): Promise<{ leafHash: Uint8Array; proof: Uint8Array[] }> {
  const leaf = { start: index, end: index + 1n };
  const ranges = [leaf, ...inclusionRanges(index, head.size)];
  const [leafHash, ...proof] = await nodesFromTiles(ranges, head.size, fetchTile);
  assert(leafHash !== undefined, "every range has a node");
  requireRoot(foldInclusion(leafHash, index, head.size, proof), head);
  return { leafHash, proof };
}

/** The root at 0 < `size1` ≤ size and the proof from there to `head`, checked against it; other tiles are Malformed. */
export async function consistencyFromTiles(
  size1: bigint,
  head: TreeHead,
  fetchTile: FetchTile,
): Promise<{ root1: Uint8Array; proof: Uint8Array[] }> {
  const ranges = [{ start: 0n, end: size1 }, ...consistencyRanges(size1, head.size)];
  const [root1, ...proof] = await nodesFromTiles(ranges, head.size, fetchTile);
  assert(root1 !== undefined, "every range has a node");
  requireRoot(foldConsistency(size1, head.size, proof, root1)?.root2, head);
  return { root1, proof };
}

/** The root the tiles of a tree of `size` > 0 lead to: to be compared with one that is trusted. */
export async function rootFromTiles(size: bigint, fetchTile: FetchTile): Promise<Uint8Array> {
  const [root] = await nodesFromTiles([{ start: 0n, end: size }], size, fetchTile);
  assert(root !== undefined, "every range has a node");
  return root;
}

/** The hash of the node over each range. Every tile is fetched once, all at the same time. */
async function nodesFromTiles(
  ranges: readonly Range[],
  size: bigint,
  fetchTile: FetchTile,
): Promise<Uint8Array[]> {
  const nodes = ranges.map((range) => completeRanges(range).map((part) => placeOf(part, size)));
  const tiles = new Map(nodes.flat().map(({ tile }) => [tilePath(tile), tile]));
  const fetched = await Promise.all(
    Array.from(tiles, async ([path, tile]) => {
      return [path, parseTile(await fetchTile(tile), tile.width, path)] as const;
    }),
  );
  const hashes = new Map(fetched);
  return nodes.map((parts, i) => {
    const subtrees = parts.map(({ tile, from, to }) => {
      return treeOf((hashes.get(tilePath(tile)) ?? []).slice(from, to)).root;
    });
    const { start, end } = ranges[i] ?? { start: 0n, end: 0n };
    return rootOf({ size: end - start, hashes: subtrees });
  });
}

interface Place {
  readonly tile: TileId;
  readonly from: number;
  readonly to: number;
}

/** Where the hashes of a complete subtree lie: 1 to 128 neighbours in one tile. */
function placeOf({ start, end }: Range, size: bigint): Place {
  const height = bitLength(end - start) - 1;
  const level = Math.floor(height / 8);
  const first = start >> BigInt(8 * level);
  const from = Number(first & 255n);
  return { tile: tileHolding(level, first, size), from, to: from + 2 ** (height % 8) };
}

function requireRoot(root: Uint8Array | undefined, head: TreeHead): void {
  if (root === undefined || !equal(root, head.root)) {
    throw new Malformed("tiles", `do not lead to the root of size ${head.size}`);
  }
}
