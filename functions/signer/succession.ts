import { equal } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { formatLatest, type Latest } from "./latest.ts";

/** The key of the mark that the gate went on from `size`: the state that came after it. */
const afterKey = (insurer: string, size: bigint): string => `${insurer}/after/${size}`;

/**
 * Marks that `latest` came after the state before it. Called before anything is signed at `latest`, and again before the gate goes on from it, so
 * whatever was given out has a mark on every state it came after. False if another state is marked as the one that came.
 */
export async function markSuccession(
  store: ObjectStore,
  insurer: string,
  latest: Latest,
): Promise<boolean> {
  if (latest.size === 0n) return true;
  const key = afterKey(insurer, latest.before);
  if ((await store.putIfAbsent(key, formatLatest(latest))) === "stored") return true;
  const held = await store.get(key);
  return held !== undefined && equal(held.bytes, formatLatest(latest));
}

/** Whether the gate once went on from `latest`: if it is the latest state all the same, an older copy was put back. */
export const hasSuccessor = async (
  store: ObjectStore,
  insurer: string,
  latest: Latest,
): Promise<boolean> => (await store.get(afterKey(insurer, latest.size))) !== undefined;
