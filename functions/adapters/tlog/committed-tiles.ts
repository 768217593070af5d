import { concat } from "../../../shared/base/bytes.ts";
import { formatTile, fullWidth } from "../../../shared/log/tile.ts";
import type { FetchTile } from "../../../shared/log/tile-reader.ts";
import { treeOf } from "../../../shared/log/tree.ts";
import type { CommittedEntries } from "../../../shared/ports/publishing.ts";

const leavesPerRead = 16 * fullWidth;

/**
 * The hash tiles of a log's committed entries, made on demand. The root over each complete 256 entries is kept (32 bytes per 256 entries), so
 * each leaf hash is read once, and after that a proof costs a few reads of at most 256 rows. Where rows are missing a tile comes out short.
 */
export function committedTiles(entries: CommittedEntries): (log: string) => FetchTile {
  const kept = new Map<string, Uint8Array[]>();

  /** The roots over complete 256 entries, the first `count` of them or as many as there are. */
  async function rootsUpTo(log: string, count: number): Promise<readonly Uint8Array[]> {
    const roots = kept.get(log) ?? [];
    kept.set(log, roots);
    for (let done = roots.length; done < count; ) {
      const start = BigInt(done * fullWidth);
      const leaves = await entries.leafHashes(log, start, start + BigInt(leavesPerRead));
      const found = completeRoots(leaves);
      if (found.length === 0) break;
      for (const root of found) roots[done++] = root;
    }
    return roots;
  }

  return (log) =>
    async ({ level, index, width }) => {
      const first = index * BigInt(fullWidth);
      if (level === 0) {
        return concat(...(await entries.leafHashes(log, first, first + BigInt(width))));
      }
      const below = fullWidth ** (level - 1);
      const [from, to] = [Number(first) * below, (Number(first) + width) * below];
      let hashes = (await rootsUpTo(log, to)).slice(from, to);
      for (let l = 1; l < level; l++) hashes = completeRoots(hashes);
      return hashes.length === 0 ? new Uint8Array(0) : formatTile(hashes);
    };
}

/** The root over each complete 256 of `hashes`. */
export function completeRoots(hashes: readonly Uint8Array[]): Uint8Array[] {
  const count = Math.floor(hashes.length / fullWidth);
  return Array.from({ length: count }, (_, i) => {
    return treeOf(hashes.slice(i * fullWidth, (i + 1) * fullWidth)).root;
  });
}
