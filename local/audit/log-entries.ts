import { equal } from "../../shared/base/bytes.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { append, emptyFrontier, rootOf } from "../../shared/log/frontier.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { bundlePath, bundlesOf } from "../../shared/log/tile.ts";
import type { TreeHead } from "../../shared/log/tile-reader.ts";
import { reading, Unreadable } from "../terminal/reading.ts";
import type { LogFiles } from "./log-files.ts";

/** One record's bytes in a log. */
export interface LogEntry {
  readonly index: bigint;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

/**
 * Hands the first `head.size` entries of a log, which has `size` of them, to `each`, in order, and hashes them; throws Unreadable where they
 * can't be had, or do not lead to `head.root`.
 */
export async function readEntries(
  files: LogFiles,
  size: bigint,
  head: TreeHead,
  each: (entry: LogEntry) => void,
): Promise<void> {
  let frontier = emptyFrontier;
  for (const id of bundlesOf(size)) {
    if (frontier.size >= head.size) break;
    const path = bundlePath(id);
    const bytes = await files.read(path);
    if (!bytes) throw new Unreadable(`${files.name} has no ${path}`);
    for (const entry of reading(files.name, () => parseBundle(bytes, id.width, path))) {
      if (frontier.size >= head.size) break;
      const leaf = leafHash(entry);
      each({ index: frontier.size, bytes: entry, leaf });
      frontier = append(frontier, leaf);
    }
  }
  if (frontier.size !== head.size || !equal(rootOf(frontier), head.root)) {
    throw new Unreadable(`${files.name}: its entries do not lead to the checkpoint`);
  }
}
