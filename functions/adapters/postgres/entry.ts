import { toHex } from "../../../shared/base/bytes.ts";
import type { Placed } from "../../../shared/ports/ledger.ts";
import { LostRace } from "../../../shared/ports/store.ts";
import type { Queryable } from "./pool.ts";

/** What sequencing needs to know of a record that waits. */
export interface WaitingEntry {
  readonly ord: bigint;
  readonly eventId: string;
  readonly leafHash: Uint8Array;
  readonly recordBytes: number;
  readonly traceId: string | null;
}

/** The trace-id in a traceparent (W3C Trace Context §3.2.2.3). */
export const traceIdColumn = "substr(traceparent, 4, 32)";

/** The first records that wait, by (ord, event_id), at most `max`. Their bytes stay in the database. */
export async function firstWaiting(
  on: Queryable,
  insurer: string,
  max: number,
): Promise<readonly WaitingEntry[]> {
  const { rows } = await on.query<WaitingEntry>(
    `SELECT ord, event_id AS "eventId", leaf_hash AS "leafHash", length(record) AS "recordBytes",
       ${traceIdColumn} AS "traceId"
     FROM outbox WHERE insurer = $1 ORDER BY ord, event_id LIMIT $2`,
    [insurer, max],
  );
  return rows;
}

/**
 * Moves the records up to and with `last` out of the outbox: they become the entries from index `size` on, in the order of (ord, event_id).
 * Call it in the transaction whose snapshot {@link firstWaiting} read. Throws LostRace unless exactly `count` were moved.
 */
export async function moveToEntries(
  on: Queryable,
  insurer: string,
  size: bigint,
  last: Pick<WaitingEntry, "ord" | "eventId">,
  count: number,
): Promise<void> {
  const inserted = await on.query(
    `INSERT INTO entry (insurer, idx, event_id, stream, version, leaf_hash, record, traceparent)
     SELECT insurer, $2::bigint + row_number() OVER (ORDER BY ord, event_id) - 1,
       event_id, stream, version, leaf_hash, record, traceparent
     FROM outbox WHERE insurer = $1 AND (ord, event_id) <= ($3, $4)`,
    [insurer, size, last.ord, last.eventId],
  );
  const deleted = await on.query(
    `DELETE FROM outbox WHERE insurer = $1 AND (ord, event_id) <= ($2, $3)`,
    [insurer, last.ord, last.eventId],
  );
  if (inserted.rowCount !== count || deleted.rowCount !== count) {
    throw new LostRace("the outbox changed");
  }
}

/** Where those of `eventIds` that are placed stand, by position: how a commit of unknown outcome is read back. */
export async function positionsOf(
  on: Queryable,
  insurer: string,
  eventIds: readonly string[],
): Promise<readonly Placed[]> {
  const { rows } = await on.query<Placed>(
    `SELECT event_id AS "eventId", idx AS position, ${traceIdColumn} AS "traceId" FROM entry
     WHERE insurer = $1 AND event_id = ANY($2::text[]) ORDER BY idx`,
    [insurer, eventIds],
  );
  return rows;
}

/** The index of the record with this leaf hash, if it is below `size`. */
export async function indexOfLeaf(
  on: Queryable,
  insurer: string,
  leafHash: Uint8Array,
  size: bigint,
): Promise<bigint | undefined> {
  const { rows } = await on.query<{ idx: bigint }>(
    `SELECT idx FROM entry
     WHERE insurer = $1 AND encode(leaf_hash, 'hex') = $2 AND idx < $3 ORDER BY idx LIMIT 1`,
    [insurer, toHex(leafHash), size],
  );
  return rows[0]?.idx;
}
