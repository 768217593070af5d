import { concat } from "../../shared/base/bytes.ts";
import type { SealedEntry } from "../../shared/ports/publishing.ts";
import { leavesKey, partKey } from "../../shared/record/sealed-store.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { PublisherPorts } from "./ports.ts";
import { putAllOnce } from "./put-once.ts";

const entriesPerRead = 512n;

/**
 * Copies what the records from `oldSize` to `newSize` seal to the sealed store, so that the database can be rebuilt: each ciphertext, and the leaf
 * hashes of all. Once a checkpoint is shown it is never done again for what that covers, so what is erased later stays erased.
 */
export async function keepSealed(
  { committed, sealed }: Pick<PublisherPorts, "committed" | "sealed">,
  insurer: string,
  oldSize: bigint,
  newSize: bigint,
): Promise<LogAlarm | undefined> {
  if (sealed === undefined) return undefined;
  for (let start = oldSize; start < newSize; start += entriesPerRead) {
    const end = start + entriesPerRead < newSize ? start + entriesPerRead : newSize;
    const entries = await committed.sealed(insurer, start, end);
    if (BigInt(entries.length) !== end - start) {
      return alarmOf("root-mismatch", `committed entries below size ${newSize} are missing`);
    }
    const leaves = concat(...entries.map((entry) => entry.leaves));
    const alarm = await putAllOnce(sealed, [
      ...entries.flatMap(partsOf(insurer)),
      [leavesKey(insurer, { start, end }), leaves],
    ]);
    if (alarm !== undefined) return alarm;
  }
  return undefined;
}

const partsOf =
  (insurer: string) =>
  ({ stream, version, parts }: SealedEntry) =>
    parts.map((part) => [partKey(insurer, stream, version, part), part.ciphertext] as const);
