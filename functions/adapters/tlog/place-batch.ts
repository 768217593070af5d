import type { Instant } from "../../../shared/base/instant.ts";
import { append } from "../../../shared/log/frontier.ts";
import type { Placed } from "../../../shared/ports/ledger.ts";
import { firstWaiting, moveToEntries, positionsOf, type WaitingEntry } from "../postgres/entry.ts";
import { claimHead, moveHead } from "../postgres/head.ts";
import { type Pool, type Queryable, transaction } from "../postgres/pool.ts";
import { isUnknownOutcome } from "../postgres/translate.ts";

/** What one transaction places at most: below Aurora DSQL's 3,000 rows and 10 MiB. */
const maxRecords = 1_000;
const maxBatchBytes = 4 * 1024 * 1024;

/**
 * One sequencing transaction on the log of `size`: the first waiting records become its next entries. [] when nothing waits. Throws LostRace or
 * the database's own lost-race error when nothing was written; Unavailable. A commit of unknown outcome is read back: undefined when it did
 * not happen, or not yet, so the caller starts again.
 */
export async function placeBatch(
  pool: Pool,
  insurer: string,
  size: bigint,
  at: Instant,
): Promise<readonly Placed[] | undefined> {
  let placed: readonly Placed[] = [];
  try {
    await transaction(pool, async (on) => {
      placed = await place(on, insurer, size, at);
    });
    return placed;
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    const eventIds = placed.map(({ eventId }) => eventId);
    const found = await positionsOf(pool, insurer, eventIds);
    return found.length === placed.length ? found : undefined;
  }
}

async function place(
  on: Queryable,
  insurer: string,
  size: bigint,
  at: Instant,
): Promise<readonly Placed[]> {
  const frontier = await claimHead(on, insurer, size, at);
  const batch = withinBytes(await firstWaiting(on, insurer, maxRecords));
  const last = batch.at(-1);
  if (last === undefined) return [];
  await moveToEntries(on, insurer, size, last, batch.length);
  const grown = batch.reduce((tree, { leafHash }) => append(tree, leafHash), frontier);
  await moveHead(on, insurer, size, grown, at);
  return batch.map(({ eventId, traceId }, i) => ({ eventId, position: size + BigInt(i), traceId }));
}

/** The longest start of `waiting` that fits a batch; never empty, for one record always fits. */
function withinBytes(waiting: readonly WaitingEntry[]): readonly WaitingEntry[] {
  let bytes = 0;
  const over = waiting.findIndex(({ recordBytes }) => {
    bytes += recordBytes;
    return bytes > maxBatchBytes;
  });
  return over < 0 ? waiting : waiting.slice(0, over);
}
