import type { PendingRecord } from "../../../shared/ports/ledger.ts";
import type { PendingRecords } from "../../../shared/ports/pending.ts";
import type { Queryable } from "./pool.ts";

/** The outbox for an engine outside the database, as role sequencer. */
export const postgresPending = (on: Queryable): PendingRecords => ({
  first: async (log, max) => {
    const { rows } = await on.query<PendingRecord>(
      `SELECT event_id AS "eventId", stream, version, ord, leaf_hash AS "leafHash", record
       FROM outbox WHERE insurer = $1 ORDER BY ord, event_id LIMIT $2`,
      [log, max],
    );
    return rows;
  },
  clear: async (log, eventIds) => {
    await on.query(`DELETE FROM outbox WHERE insurer = $1 AND event_id = ANY($2::text[])`, [
      log,
      eventIds,
    ]);
  },
});
