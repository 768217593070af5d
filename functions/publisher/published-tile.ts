import { publishedKey } from "../../shared/api/log-path.ts";
import { hashBytes } from "../../shared/log/hash.ts";
import { fullWidth, tilePath } from "../../shared/log/tile.ts";
import type { FetchTile } from "../../shared/log/tile-reader.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { requireFound } from "./new-tiles.ts";

/**
 * The published tiles of one log. A partial tile that growth has made full and the publisher has collected is the start of the full one (tlog-tiles,
 * Partial Tiles); one that is neither there nor full is Malformed.
 */
export function publishedTiles(published: Pick<ObjectStore, "get">, insurer: string): FetchTile {
  return async (id) => {
    const key = publishedKey(insurer, tilePath(id));
    const found = await published.get(key);
    if (found !== undefined || id.width === fullWidth) return requireFound(found?.bytes, key);
    const full = await published.get(publishedKey(insurer, tilePath({ ...id, width: fullWidth })));
    return requireFound(full?.bytes, key).slice(0, id.width * hashBytes);
  };
}
