import { edgeKey, publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import type { Day } from "../../shared/base/day.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { bundlePath, parseTile, partialTiles, tilePath } from "../../shared/log/tile.ts";
import { rootFromTiles } from "../../shared/log/tile-reader.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { PublisherPorts } from "./ports.ts";
import { publishedTiles } from "./published-tile.ts";
import { putAllOnce } from "./put-once.ts";

/**
 * Copies the right edge of the log that `checkpoint` shows to where nothing is ever deleted, once a day: partial tiles and the partial bundle, checked
 * against its root, then the note. With it, full tiles and bundles are the whole log, should everything that changes be lost. "gone" where the log
 * grew past it meanwhile: the next call copies a later edge. Throws Unavailable.
 */
export async function keepEdge(
  { published }: Pick<PublisherPorts, "published">,
  insurer: string,
  { checkpoint, bytes: note }: { readonly checkpoint: Checkpoint; readonly bytes: Uint8Array },
  day: Day,
): Promise<"kept" | "gone" | LogAlarm> {
  const at = (path: string): string => edgeKey(insurer, day, path);
  if ((await published.get(at("checkpoint"))) !== undefined) return "kept";
  const tiles = partialTiles(checkpoint.size);
  const [last] = tiles.filter(({ level }) => level === 0);
  const paths = [...tiles.map(tilePath), ...(last ? [bundlePath(last)] : [])];
  const copies = new Map<string, Uint8Array>();
  for (const path of paths) {
    const found = await published.get(publishedKey(insurer, path));
    if (found === undefined) return "gone";
    copies.set(path, found.bytes);
  }
  const whole = publishedTiles(published, insurer);
  try {
    const root = await rootFromTiles(
      checkpoint.size,
      (id) => copies.get(tilePath(id)) ?? whole(id),
    );
    if (!equal(root, checkpoint.root)) throw new Malformed("edge", "leads to another root");
    if (last) requireBundle(copies, last);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return alarmOf("root-mismatch", `the edge of size ${checkpoint.size}: ${error.message}`);
  }
  const objects = Array.from(copies, ([path, bytes]) => [at(path), bytes] as const);
  const alarm = await putAllOnce(published, objects);
  if (alarm !== undefined) return alarm;
  // Another publisher may have kept the edge of another size: either will do, and its tiles are beside ours.
  await published.putIfAbsent(at("checkpoint"), note);
  return "kept";
}

/** The entries of the last bundle must be those of the last tile. */
function requireBundle(
  copies: ReadonlyMap<string, Uint8Array>,
  last: { readonly level: number; readonly index: bigint; readonly width: number },
): void {
  const [path, none] = [bundlePath(last), new Uint8Array(0)];
  const entries = parseBundle(copies.get(path) ?? none, last.width, path);
  const hashes = parseTile(copies.get(tilePath(last)) ?? none, last.width, tilePath(last));
  if (entries.some((entry, i) => !equal(leafHash(entry), hashes[i] ?? none))) {
    throw new Malformed(path, "holds other entries than its tile");
  }
}
