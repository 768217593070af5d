import { concat } from "../base/bytes.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { maxDecimal } from "./decimal.ts";
import { hashBytes, isHash } from "./hash.ts";

/** Hashes in a full tile, entries in a full bundle (tlog-tiles). */
export const fullWidth = 256;

/** One tile: `width` 1 to 256 hashes of `level` 0 to 63, from hash `index` × 256 on. Below 256 it is partial. */
export interface TileId {
  readonly level: number;
  readonly index: bigint;
  readonly width: number;
}

/** One entry bundle: `width` 1 to 256 entries from entry `index` × 256 on. */
export interface BundleId {
  readonly index: bigint;
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]` (tlog-tiles, Merkle Tree). */
export const tilePath = (id: TileId): string => `tile/${id.level}/${pathTail(id)}`;

/** `tile/entries/<N>[.p/<W>]` (tlog-tiles, Log entries). */
export const bundlePath = (id: BundleId): string => `tile/entries/${pathTail(id)}`;

/** Reads exactly what {@link tilePath} writes; any other path is Malformed. */
export function parseTilePath(path: string): TileId {
  const match = /^tile\/([0-9]{1,2})\/(.+)$/.exec(path);
  const id = { level: Number(match?.[1]), ...parsePathTail(match?.[2], "tile path") };
  if (id.level > 63 || tilePath(id) !== path) throw new Malformed("tile path", "is not a tile's");
  return id;
}

/** Reads exactly what {@link bundlePath} writes; any other path is Malformed. */
export function parseBundlePath(path: string): BundleId {
  const id = parsePathTail(/^tile\/entries\/(.+)$/.exec(path)?.[1], "bundle path");
  if (bundlePath(id) !== path) throw new Malformed("bundle path", "is not a bundle's");
  return id;
}

/** All tiles, partial ones included, that exist at `newSize` and did not at `oldSize`; lowest level first. */
export function newTiles(oldSize: bigint, newSize: bigint): TileId[] {
  assert(0n <= oldSize && oldSize <= newSize, "a tree only grows");
  const tiles: TileId[] = [];
  for (let level = 0, from = oldSize, to = newSize; to > from; level++, from >>= 8n, to >>= 8n) {
    for (let index = from >> 8n; index < to >> 8n; index++) {
      tiles.push({ level, index, width: fullWidth });
    }
    const width = Number(to & 255n);
    if (width > 0) tiles.push({ level, index: to >> 8n, width });
  }
  return tiles;
}

/** All bundles, partial ones included, that exist at `newSize` and did not at `oldSize`. */
export const newBundles = (oldSize: bigint, newSize: bigint): BundleId[] =>
  newTiles(oldSize, newSize)
    .filter(({ level }) => level === 0)
    .map(({ index, width }) => ({ index, width }));

/** The bundles of a tree of `size`, each made when it is asked for: a size that somebody claims may be any. */
export function* bundlesOf(size: bigint): Generator<BundleId> {
  for (let index = 0n; index < size >> 8n; index++) yield { index, width: fullWidth };
  const width = Number(size & 255n);
  if (width > 0) yield { index: size >> 8n, width };
}

/** The partial tiles of a tree of `size`, lowest level first: its right edge, which growth replaces. */
export function partialTiles(size: bigint): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, count = size; count > 0n; level++, count >>= 8n) {
    const width = Number(count & 255n);
    if (width > 0) tiles.push({ level, index: count >> 8n, width });
  }
  return tiles;
}

/** The tile that holds hash `index` of `level` in a tree of `size`: full, or as wide as the tree then was. */
export function tileHolding(level: number, index: bigint, size: bigint): TileId {
  const count = size >> BigInt(8 * level);
  assert(0n <= index && index < count, "a hash lies inside its tree");
  const tile = index >> 8n;
  return { level, index: tile, width: tile < count >> 8n ? fullWidth : Number(count & 255n) };
}

/** A tile's bytes: its 1 to 256 hashes one after another. */
export function formatTile(hashes: readonly Uint8Array[]): Uint8Array {
  assert(hashes.length >= 1 && hashes.length <= fullWidth, "a tile holds 1 to 256 hashes");
  assert(hashes.every(isHash), "a tile holds 32-byte hashes");
  return concat(...hashes);
}

/** The `width` hashes of a tile, as views of its bytes; another length is Malformed. */
export function parseTile(bytes: Uint8Array, width: number, where = "tile"): Uint8Array[] {
  if (bytes.length !== width * hashBytes) {
    throw new Malformed(where, `does not hold ${width} hashes of ${hashBytes} bytes`);
  }
  return Array.from({ length: width }, (_, i) =>
    bytes.subarray(i * hashBytes, (i + 1) * hashBytes),
  );
}

function pathTail({ index, width }: BundleId): string {
  assert(0n <= index && 1 <= width && width <= fullWidth, "a tile has an index and a width");
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return width === fullWidth ? path : `${path}.p/${width}`;
}

function parsePathTail(tail: string | undefined, where: string): BundleId {
  const match = /^((?:x[0-9]{3}\/){0,6}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(tail ?? "");
  const index = BigInt((match?.[1] ?? "").replaceAll(/[x/]/g, ""));
  const width = match?.[2] === undefined ? fullWidth : Number(match[2]);
  if (!match || index > maxDecimal || width < 1 || width > fullWidth) {
    throw new Malformed(where, "names no tile or bundle");
  }
  return { index, width };
}
