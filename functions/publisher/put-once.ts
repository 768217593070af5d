import { equal } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";

/** Puts bytes that never change: where other bytes are already, they stay and the answer is an alarm. */
export async function putOnce(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<LogAlarm | undefined> {
  if ((await store.putIfAbsent(key, bytes)) === "stored") return undefined;
  const found = await store.get(key);
  if (found !== undefined && equal(found.bytes, bytes)) return undefined;
  return alarmOf("other-bytes", `${key} is there with other bytes`);
}

const writesAtOnce = 48;

/** {@link putOnce} for many objects, some at a time; it stops at the first alarm. */
export async function putAllOnce(
  store: ObjectStore,
  objects: readonly (readonly [key: string, bytes: Uint8Array])[],
): Promise<LogAlarm | undefined> {
  for (let i = 0; i < objects.length; i += writesAtOnce) {
    const some = objects.slice(i, i + writesAtOnce);
    const answers = await Promise.all(some.map(([key, bytes]) => putOnce(store, key, bytes)));
    const alarm = answers.find((answer) => answer !== undefined);
    if (alarm !== undefined) return alarm;
  }
  return undefined;
}
