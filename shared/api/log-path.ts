import { type Day, formatDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import { parseBundlePath, parseTilePath } from "../log/tile.ts";
import { insurerSchema } from "./claim-view.ts";

/** One published file of an insurer's log: where it lies in the store of all logs, and how HTTP shows it. */
export interface LogFile {
  readonly kind: "checkpoint" | "tile" | "entries";
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

const immutable = "public, max-age=31536000, immutable";

/** The key of `path` of the log of `insurer` in the one published store. */
export const publishedKey = (insurer: string, path: string): string => `${insurer}/${path}`;

/** The key of `path` in the copy of the log's right edge that was made on `day`. */
export const edgeKey = (insurer: string, day: Day, path: string): string =>
  publishedKey(insurer, `edges/${formatDay(day)}/${path}`);

/**
 * Whether a published object changes or goes: the newest checkpoint, and partial tiles and bundles, which full ones replace. All others are put once
 * and stay as long as the log is kept, so their bucket may be locked.
 */
export const isLive = (key: string): boolean =>
  /^[^/]+\/(checkpoint|tile\/.+\.p\/[0-9]{1,3})$/.test(key);

/**
 * The file that `path` of the log of `insurer` names: `checkpoint`, a hash tile or an entry bundle, each spelt exactly as
 * tlog-tiles spells it. Any other path is Malformed.
 */
export function logFile(insurer: string, path: string): LogFile {
  if (!insurerSchema.safeParse(insurer).success) throw new Malformed("insurer", "is not an id");
  const key = publishedKey(insurer, path);
  if (path === "checkpoint") {
    const contentType = "text/plain; charset=utf-8";
    return { kind: "checkpoint", key, contentType, cacheControl: "no-cache" };
  }
  const contentType = "application/octet-stream";
  if (path.startsWith("tile/entries/")) {
    parseBundlePath(path);
    return { kind: "entries", key, contentType, cacheControl: "private, no-store" };
  }
  parseTilePath(path);
  return { kind: "tile", key, contentType, cacheControl: immutable };
}
