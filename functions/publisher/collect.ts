import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import {
  bundlePath,
  fullWidth,
  parseBundlePath,
  parseTile,
  parseTilePath,
  type TileId,
  tilePath,
} from "../../shared/log/tile.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { PublisherPorts } from "./ports.ts";

/** A partial object and the full one that replaces it. */
interface Partial {
  readonly key: string;
  readonly fullKey: string;
  /** Entries the tree must have for the full one to be there. */
  readonly neededSize: bigint;
  /** Throws Malformed where the bytes are no full tile or bundle. */
  readonly requireFull: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** Objects removed at most by one call: whoever is left over comes next time. */
const mostAtOnce = 256;

/**
 * Deletes partial tiles and bundles that a full one has replaced: never by age, only once the checkpoint that is shown covers the full one and it has
 * been read back whole and starts with the partial's own bytes. True while more are left. A crash leaves partials, which are harmless and found
 * again; names that are no tile's stay. Throws Unavailable.
 */
export async function collectPartials(
  { published, live }: Pick<PublisherPorts, "published" | "live">,
  insurer: string,
  shownSize: bigint,
): Promise<boolean | LogAlarm> {
  let left = mostAtOnce;
  for await (const key of live.list(publishedKey(insurer, "tile/"))) {
    const partial = partialOf(insurer, key);
    if (partial === undefined || partial.neededSize > shownSize) continue;
    if (left-- === 0) return true;
    const alarm = await collect(live, published, partial);
    if (alarm !== undefined) return alarm;
  }
  return false;
}

async function collect(
  from: ObjectStore,
  full: Pick<ObjectStore, "get">,
  { key, fullKey, requireFull }: Partial,
): Promise<LogAlarm | undefined> {
  const [whole, part] = [await full.get(fullKey), await from.get(key)];
  if (part === undefined) return undefined;
  const grown =
    whole !== undefined &&
    equal(whole.bytes.subarray(0, part.bytes.length), part.bytes) &&
    unlessMalformed(() => requireFull(whole.bytes)) !== undefined;
  if (!grown) return alarmOf("other-bytes", `${fullKey} is not the full one that ${key} became`);
  await from.delete(key);
  return undefined;
}

function partialOf(insurer: string, key: string): Partial | undefined {
  const path = key.slice(publishedKey(insurer, "").length);
  const entries = path.startsWith("tile/entries/");
  const id = unlessMalformed<TileId>(() =>
    entries ? { level: 0, ...parseBundlePath(path) } : parseTilePath(path),
  );
  if (id === undefined || id.width === fullWidth) return undefined;
  const whole = { ...id, width: fullWidth };
  return {
    key,
    fullKey: publishedKey(insurer, entries ? bundlePath(whole) : tilePath(whole)),
    neededSize: sizeOf(id),
    requireFull: (bytes) => (entries ? parseBundle : parseTile)(bytes, fullWidth, path),
  };
}

/** Entries of the smallest tree in which this tile is full. */
const sizeOf = ({ level, index }: TileId): bigint => (index + 1n) << BigInt(8 * (level + 1));
