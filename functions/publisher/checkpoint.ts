import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";

/** The checkpoint a log shows the world, with the tag of its object. */
export interface Shown {
  readonly checkpoint: Checkpoint;
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** The published checkpoint, signed by the log's key; undefined before the first; an alarm if it is anybody else's. */
export async function shownCheckpoint(
  published: ObjectStore,
  insurer: string,
  logKey: VerifierKey,
): Promise<Shown | LogAlarm | undefined> {
  const found = await published.get(publishedKey(insurer, "checkpoint"));
  if (found === undefined) return undefined;
  const checkpoint = openedOr(found.bytes, logKey);
  return checkpoint?.origin === logKey.name
    ? { checkpoint, ...found }
    : alarmOf("foreign-checkpoint", `${insurer}/checkpoint is not signed by ${logKey.name}`);
}

function openedOr(bytes: Uint8Array, logKey: VerifierKey): Checkpoint | undefined {
  try {
    const opened = openCheckpoint(bytes, [logKey]);
    return "refused" in opened ? undefined : opened.checkpoint;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Moves the published checkpoint from `shown` to `note` of `size` by compare-and-swap; a larger one, put by another publisher, stays. */
export async function showCheckpoint(
  published: ObjectStore,
  insurer: string,
  logKey: VerifierKey,
  note: Uint8Array,
  size: bigint,
  shown: Shown | undefined,
): Promise<LogAlarm | undefined> {
  const key = publishedKey(insurer, "checkpoint");
  for (let held = shown; ; ) {
    if (held !== undefined && held.checkpoint.size >= size) {
      const same = held.checkpoint.size > size || equal(held.bytes, note);
      return same ? undefined : alarmOf("other-bytes", `${key} is another note of size ${size}`);
    }
    if ((await published.replace(key, note, held?.tag)) === "stored") return undefined;
    const now = await shownCheckpoint(published, insurer, logKey);
    if (now !== undefined && "alarm" in now) return now;
    held = now;
  }
}
