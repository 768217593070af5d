import type { Queryable } from "./pool.ts";

/**
 * The records of one log that may wait in the outbox before commands are turned away. One step of the ledger places 8,000
 * (functions/publisher/advance.ts) in about a second, so a log that is sequenced at all still shows a record within the stated 5 s; above it nobody
 * sequences, and each further record only makes the promise older. Commands under way at the same time may pass it by their number.
 */
export const maxWaiting = 10_000;

/** The log has as many waiting records as it may: nothing was written. */
export class BacklogFull extends Error {
  override readonly name = "BacklogFull";
  constructor(waiting: number) {
    super(`${waiting} records wait to be placed in the log`);
  }
}

/**
 * Throws BacklogFull when at least `max` records of the log wait. It walks the primary key and no further than `max` rows, so it costs nothing while
 * few wait; it counts no row twice and reads no other log's.
 */
export async function requireRoom(on: Queryable, insurer: string, max: number): Promise<void> {
  const { rowCount } = await on.query(
    `SELECT 1 FROM outbox WHERE insurer = $1 ORDER BY ord, event_id LIMIT 1 OFFSET $2`,
    [insurer, max - 1],
  );
  if (rowCount > 0) throw new BacklogFull(max);
}
