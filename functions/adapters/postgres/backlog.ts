import type { Queryable } from "./pool.ts";

/**
 * The records of one log that may wait in the outbox before commands are turned away. One step of the ledger places 8,000
 * (functions/publisher/advance.ts) in about a second, so a log that is sequenced at all still shows a record within the stated 5 s; above it nobody
 * sequences, and each further record only makes the promise older. Commands under way at the same time may pass it by their number, and more than
 * {@link sharers} processes by what each may take unasked.
 */
export const maxWaiting = 10_000;

/** The log has as many waiting records as it may: nothing was written. */
export class BacklogFull extends Error {
  override readonly name = "BacklogFull";
  constructor(waiting: number) {
    super(`${waiting} records wait to be placed in the log`);
  }
}

/** A process that counted takes a share of the room it saw before it counts again, so that as many of them together keep to it. */
const sharers = 64;

/** Throws BacklogFull when at least the stated number of records of the log wait. */
export type RequireRoom = (on: Queryable, insurer: string, records: number) => Promise<void>;

/**
 * Counts what waits, at most `max` rows along the primary key, and then not again before this process has added its share of the room there was: the
 * places of records that are gone lie in that index until it is vacuumed, and walking them for each command was a tenth of the server's work (measured).
 */
export function roomKeeper(max: number): RequireRoom {
  const shares = new Map<string, number>();
  return async (on, insurer, records) => {
    const left = (shares.get(insurer) ?? 0) - records;
    if (left >= 0) return void shares.set(insurer, left);
    const { rows } = await on.query<{ waiting: bigint }>(
      `SELECT count(*) AS waiting FROM
         (SELECT 1 FROM outbox WHERE insurer = $1 ORDER BY ord, event_id LIMIT $2) AS w`,
      [insurer, max],
    );
    const waiting = Number(rows[0]?.waiting ?? 0n);
    shares.set(insurer, Math.floor((max - waiting) / sharers));
    if (waiting >= max) throw new BacklogFull(max);
  };
}
