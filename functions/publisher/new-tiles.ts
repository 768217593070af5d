import { Malformed } from "../../shared/base/malformed.ts";
import {
  formatTile,
  fullWidth,
  newTiles,
  parseTile,
  type TileId,
  tilePath,
} from "../../shared/log/tile.ts";
import { type FetchTile, rootFromTiles } from "../../shared/log/tile-reader.ts";
import { treeOf } from "../../shared/log/tree.ts";

/** The first entry of the tile or bundle that a tree of `size` was last filling. */
export const startOfLastTile = (size: bigint): bigint => size - (size % BigInt(fullWidth));

/**
 * The hash tiles that a tree grown from `oldSize` to `newSize` needs and had not, by path: from the leaf hashes that follow
 * {@link startOfLastTile} of the old size, and, above level 0, the partial tiles that were published then.
 */
export async function tilesOfGrowth(
  oldSize: bigint,
  newSize: bigint,
  leaves: readonly Uint8Array[],
  publishedTile: FetchTile,
): Promise<Map<string, Uint8Array>> {
  const ids = newTiles(oldSize, newSize);
  const tiles = new Map<string, Uint8Array>();
  let hashes = leaves;
  for (let level = 0; ids.some((id) => id.level === level); level++) {
    if (level > 0) hashes = await levelAbove(hashes, level, oldSize, publishedTile);
    const first = (oldSize >> BigInt(8 * level)) / BigInt(fullWidth);
    for (const id of ids.filter((id) => id.level === level)) {
      const from = Number(id.index - first) * fullWidth;
      tiles.set(tilePath(id), formatTile(hashes.slice(from, from + id.width)));
    }
  }
  return tiles;
}

/** The hashes of `level` from its last started tile on: those published at `oldSize`, then one per complete 256 below. */
async function levelAbove(
  below: readonly Uint8Array[],
  level: number,
  oldSize: bigint,
  publishedTile: FetchTile,
): Promise<readonly Uint8Array[]> {
  const count = oldSize >> BigInt(8 * level);
  const width = Number(count % BigInt(fullWidth));
  const id: TileId = { level, index: count / BigInt(fullWidth), width };
  const old = width === 0 ? [] : parseTile(await publishedTile(id), width, tilePath(id));
  const grown = Array.from({ length: Math.floor(below.length / fullWidth) }, (_, i) => {
    return treeOf(below.slice(i * fullWidth, (i + 1) * fullWidth)).root;
  });
  return [...old, ...grown];
}

/** The root of `size` that the new tiles and, left of them, the published ones lead to. Malformed where one is missing or broken. */
export const rootOfGrowth = (
  size: bigint,
  tiles: ReadonlyMap<string, Uint8Array>,
  publishedTile: FetchTile,
): Promise<Uint8Array> => rootFromTiles(size, (id) => tiles.get(tilePath(id)) ?? publishedTile(id));

/** What `bytes` are, when they were found; Malformed when not. */
export function requireFound(bytes: Uint8Array | undefined, path: string): Uint8Array {
  if (bytes === undefined) throw new Malformed(path, "is not published");
  return bytes;
}
