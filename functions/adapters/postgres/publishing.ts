import { type CommittedEntries, mostTraces } from "../../../shared/ports/publishing.ts";
import { traceIdColumn } from "./entry.ts";
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
  traces: async (log, start, end) => {
    const { rows } = await on.query<{ traceId: string; traces: bigint }>(
      `SELECT "traceId", count(*) OVER () AS traces FROM
         (SELECT ${traceIdColumn} AS "traceId", min(idx) AS first FROM entry
          WHERE insurer = $1 AND idx >= $2 AND idx < $3 AND traceparent IS NOT NULL GROUP BY 1) AS t
       ORDER BY first LIMIT ${mostTraces}`,
      [log, start, end],
    );
    return { traceIds: rows.map(({ traceId }) => traceId), traces: Number(rows[0]?.traces ?? 0n) };
  },
});
