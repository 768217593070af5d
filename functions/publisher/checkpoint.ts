import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { PublisherPorts } from "./ports.ts";

/** What showing a checkpoint takes. */
export type ShowingPorts = Pick<PublisherPorts, "published" | "logKeys" | "opened" | "trail">;

/** The checkpoint a log shows the world, with the tag of its object. */
export interface Shown {
  readonly checkpoint: Checkpoint;
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** The published checkpoint, signed by the log's keys; undefined before the first; an alarm if it is anybody else's. */
export async function shownCheckpoint(
  ports: ShowingPorts,
  insurer: string,
): Promise<Shown | LogAlarm | undefined> {
  const found = await ports.published.get(publishedKey(insurer, "checkpoint"));
  if (found === undefined) return undefined;
  const checkpoint = await ownCheckpoint(ports, insurer, found.bytes);
  if (checkpoint === undefined) {
    return alarmOf("foreign-checkpoint", `${insurer}/checkpoint is not signed by its log`);
  }
  ports.opened?.set(insurer, found.bytes);
  return { checkpoint, ...found };
}

/** The checkpoint `bytes` are if one of the log's own keys signed it and none of them fails. */
async function ownCheckpoint(
  { opened, logKeys }: ShowingPorts,
  insurer: string,
  bytes: Uint8Array,
): Promise<Checkpoint | undefined> {
  const known = opened?.get(insurer);
  if (known !== undefined && equal(known, bytes)) return parseCheckpoint(parseNote(bytes).text);
  const keys = await logKeys(insurer);
  try {
    const note = openCheckpoint(bytes, keys);
    if ("refused" in note) return undefined;
    return note.checkpoint.origin === keys[0]?.name ? note.checkpoint : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Moves the published checkpoint from `shown` to `note` of `size` by compare-and-swap; a larger one, put by another publisher, stays. */
export async function showCheckpoint(
  ports: ShowingPorts,
  insurer: string,
  { note, size }: { readonly note: Uint8Array; readonly size: bigint },
  shown: Shown | undefined,
): Promise<LogAlarm | undefined> {
  const key = publishedKey(insurer, "checkpoint");
  for (let held = shown; ; ) {
    if (held !== undefined && held.checkpoint.size >= size) {
      const same = held.checkpoint.size > size || equal(held.bytes, note);
      return same ? undefined : alarmOf("other-bytes", `${key} is another note of size ${size}`);
    }
    if ((await ports.published.replace(key, note, held?.tag)) === "stored") {
      ports.opened?.set(insurer, note);
      return undefined;
    }
    const now = await shownCheckpoint(ports, insurer);
    if (now !== undefined && "alarm" in now) return now;
    held = now;
  }
}
