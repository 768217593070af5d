import type { CommittedEntries } from "../../../shared/ports/publishing.ts";
import type { Queryable } from "./pool.ts";
import { sealedBetween } from "./sealed-rows.ts";

/** The entry table as role publisher, auditor or sequencer reads it. */
export const committedEntries = (on: Queryable): CommittedEntries => ({
  leafHashes: async (log, start, end) => {
    const { rows } = await on.query<{ leafHash: Uint8Array }>(
      `SELECT leaf_hash AS "leafHash" FROM entry
       WHERE insurer = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
      [log, start, end],
    );
    return rows.map(({ leafHash }) => leafHash);
  },
  records: async (log, start, end) => {
    const { rows } = await on.query<{ record: Uint8Array }>(
      `SELECT record FROM entry
       WHERE insurer = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
      [log, start, end],
    );
    return rows.map(({ record }) => record);
  },
  sealed: (log, start, end) => sealedBetween(on, log, start, end),
});
