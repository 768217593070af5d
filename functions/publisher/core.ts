import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatBundle } from "../../shared/log/bundle.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseNote } from "../../shared/log/note.ts";
import { bundlePath, fullWidth, newBundles } from "../../shared/log/tile.ts";
import type { TreeHead } from "../../shared/log/tile-reader.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommittedEntries } from "../../shared/ports/publishing.ts";
import type { TrailFields } from "../sequencer/trail.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { showCheckpoint, shownCheckpoint } from "./checkpoint.ts";
import { keepNote } from "./keep-note.ts";
import { keepSealed } from "./keep-sealed.ts";
import { rootOfGrowth, startOfLastTile, tilesOfGrowth } from "./new-tiles.ts";
import type { PublisherPorts } from "./ports.ts";
import { publishedTiles } from "./published-tile.ts";
import { putAllOnce } from "./put-once.ts";

/**
 * Publishes what the signed `note` covers and the folder lacks: bundles and tiles, a copy of what its records seal; then, once enough witnesses cosigned it,
 * `checkpoints/<size>`, then `checkpoint`, so whoever reads a checkpoint finds its tiles. Doing it again, or going on after a crash, writes the same bytes. An alarm changed nothing that was published.
 * Throws Unavailable.
 */
export async function publish(
  ports: PublisherPorts,
  insurer: string,
  note: Uint8Array,
): Promise<{ readonly size: bigint } | LogAlarm> {
  const head = parseCheckpoint(parseNote(note).text);
  const shown = await shownCheckpoint(ports, insurer);
  if (shown !== undefined && "alarm" in shown) return shown;
  const oldSize = shown?.checkpoint.size ?? 0n;
  if (ports.witnessing && oldSize > head.size) return { size: oldSize };
  const growth = oldSize < head.size;
  const broken = growth ? await publishGrowth(ports, insurer, oldSize, head) : undefined;
  if (broken !== undefined) return broken;
  const kept = await keepNote(ports, { insurer, head, note }, growth);
  if ("alarm" in kept) return kept;
  const told = growth && ports.trail && (await growthTold(ports, insurer, oldSize, head.size));
  const alarm = await showCheckpoint(ports, insurer, { ...kept, size: head.size }, shown);
  if (alarm) return alarm;
  if (told) ports.trail?.("published", told);
  return { size: head.size };
}

/** What the line says of a checkpoint: read before it is shown, so that an outage meanwhile shows nothing. */
async function growthTold(
  { committed }: PublisherPorts,
  insurer: string,
  oldSize: bigint,
  size: bigint,
): Promise<TrailFields> {
  const traces = await committed.traces(insurer, oldSize, size);
  return { insurer, entries: Number(size - oldSize), size: size.toString(), ...traces };
}

async function publishGrowth(
  ports: PublisherPorts,
  insurer: string,
  oldSize: bigint,
  head: TreeHead,
): Promise<LogAlarm | undefined> {
  return (
    (await publishTree(ports, insurer, oldSize, head)) ??
    keepSealed(ports, insurer, oldSize, head.size)
  );
}

/** All new tiles, once they are known to lead to the signed root; each record re-hashed before its bundle is written. */
async function publishTree(
  ports: PublisherPorts,
  insurer: string,
  oldSize: bigint,
  head: TreeHead,
): Promise<LogAlarm | undefined> {
  const start = startOfLastTile(oldSize);
  const leaves = await leavesFrom(ports.committed, insurer, start, head.size);
  if (start + BigInt(leaves.length) !== head.size) {
    return alarmOf("root-mismatch", `committed entries below size ${head.size} are missing`);
  }
  const tiles = await checkedTiles(ports.published, insurer, oldSize, head, leaves);
  if ("alarm" in tiles) return tiles;
  const named = Array.from(tiles, ([path, bytes]) => [publishedKey(insurer, path), bytes] as const);
  return (
    (await publishBundles(ports, insurer, oldSize, head.size, leaves)) ??
    putAllOnce(ports.published, named)
  );
}

async function checkedTiles(
  published: ObjectStore,
  insurer: string,
  oldSize: bigint,
  head: TreeHead,
  leaves: readonly Uint8Array[],
): Promise<Map<string, Uint8Array> | LogAlarm> {
  const publishedTile = publishedTiles(published, insurer);
  try {
    const tiles = await tilesOfGrowth(oldSize, head.size, leaves, publishedTile);
    if (equal(await rootOfGrowth(head.size, tiles, publishedTile), head.root)) return tiles;
    return alarmOf("root-mismatch", `entries and tiles don't lead to the root of ${head.size}`);
  } catch (error) {
    if (error instanceof Malformed) return alarmOf("root-mismatch", error.message);
    throw error;
  }
}

const leavesPerRead = 32n * BigInt(fullWidth);

async function leavesFrom(
  committed: CommittedEntries,
  insurer: string,
  start: bigint,
  end: bigint,
): Promise<readonly Uint8Array[]> {
  const pages: (readonly Uint8Array[])[] = [];
  for (let from = start; from < end; from += leavesPerRead) {
    const to = from + leavesPerRead < end ? from + leavesPerRead : end;
    pages.push(await committed.leafHashes(insurer, from, to));
  }
  return pages.flat();
}

const bundlesPerRead = 4;

/** Reads the records of a few bundles at a time; `leaves` are their trusted hashes from the old size's last tile on. */
async function publishBundles(
  { committed, published }: PublisherPorts,
  insurer: string,
  oldSize: bigint,
  newSize: bigint,
  leaves: readonly Uint8Array[],
): Promise<LogAlarm | undefined> {
  const start = startOfLastTile(oldSize);
  const bundles = newBundles(oldSize, newSize);
  for (let i = 0; i < bundles.length; i += bundlesPerRead) {
    const some = bundles.slice(i, i + bundlesPerRead);
    const from = start + BigInt(i * fullWidth);
    const end = from + BigInt(bundlesPerRead * fullWidth);
    const records = await committed.records(insurer, from, end < newSize ? end : newSize);
    const expected = leaves.slice(i * fullWidth, (i + bundlesPerRead) * fullWidth);
    const altered = expected.findIndex((leaf, n) => {
      const record = records[n];
      return record === undefined || !equal(leafHash(record), leaf);
    });
    if (altered >= 0) {
      return alarmOf("record-altered", `entry ${from + BigInt(altered)} has not its leaf hash`);
    }
    const named = some.map((id, n) => {
      const entries = records.slice(n * fullWidth, n * fullWidth + id.width);
      return [publishedKey(insurer, bundlePath(id)), formatBundle(entries)] as const;
    });
    const alarm = await putAllOnce(published, named);
    if (alarm !== undefined) return alarm;
  }
  return undefined;
}
