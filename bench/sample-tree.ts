import { formatBundle } from "../shared/log/bundle.ts";
import { leafHash } from "../shared/log/hash.ts";
import { bundlePath, fullWidth, newBundles, newTiles, tilePath } from "../shared/log/tile.ts";
import { type Tree, treeOf } from "../shared/log/tree.ts";

/** A log of `size` entries of 500 to 899 bytes, the same for the same `seed`, with the files it is published as. */
export interface SampleTree {
  readonly tree: Tree;
  readonly entries: readonly Uint8Array[];
  /** Bundles and tiles by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function sampleTree(size: number, seed: number): SampleTree {
  const entries = Array.from({ length: size }, (_, i) =>
    new Uint8Array(500 + ((i * 7919) % 400)).fill((i + seed) & 255),
  );
  const tree = treeOf(entries.map(leafHash));
  const files = new Map<string, Uint8Array>();
  for (const id of newBundles(0n, tree.size)) {
    const first = Number(id.index) * fullWidth;
    files.set(bundlePath(id), formatBundle(entries.slice(first, first + id.width)));
  }
  for (const id of newTiles(0n, tree.size)) {
    const first = id.index * BigInt(fullWidth);
    files.set(tilePath(id), tree.subtrees(8 * id.level, first, id.width));
  }
  return { tree, entries, files };
}
