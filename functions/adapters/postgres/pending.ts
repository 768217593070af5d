import { toHex } from "../../../shared/base/bytes.ts";
import type { Instant } from "../../../shared/base/instant.ts";
import { append } from "../../../shared/log/frontier.ts";
import type { PendingRecord, Placed } from "../../../shared/ports/ledger.ts";
import type { PendingRecords, PlacedRevision } from "../../../shared/ports/pending.ts";
import { LostRace } from "../../../shared/ports/store.ts";
import { traceIdColumn } from "./entry.ts";
import { claimHead, moveHead } from "./head.ts";
import { insertRows } from "./insert-rows.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";

/** The outbox for an engine outside the database, as role sequencer. What is placed becomes the log's entries here too, as an index of the ledger. */
export const postgresPending = (pool: Pool, clock: () => Instant): PendingRecords => ({
  placedCount: async (log) => {
    const { rows } = await pool.query<{ size: bigint }>(
      "SELECT size FROM head WHERE insurer = $1",
      [log],
    );
    return rows[0]?.size ?? 0n;
  },
  first: async (log, max) => {
    const { rows } = await pool.query<PendingRecord & Pick<Placed, "traceId">>(
      `SELECT event_id AS "eventId", stream, version, ord, leaf_hash AS "leafHash", record,
         ${traceIdColumn} AS "traceId"
       FROM outbox WHERE insurer = $1 ORDER BY ord, event_id LIMIT $2`,
      [log, max],
    );
    return rows;
  },
  waiting: async (log, eventIds) => {
    const { rows } = await pool.query<{ count: bigint }>(
      "SELECT count(*) AS count FROM outbox WHERE insurer = $1 AND event_id = ANY($2::text[])",
      [log, eventIds],
    );
    return Number(rows[0]?.count ?? 0n);
  },
  place: (log, count, placed) =>
    transaction(pool, (on) => moveOut(on, log, count, placed, clock())),
  placedWithin: async (log, blocks) => {
    const { rows } = await pool.query<{ count: bigint }>(
      "SELECT count(*) AS count FROM qldb_revisions WHERE insurer = $1 AND sequence_no < $2",
      [log, blocks],
    );
    return rows[0]?.count ?? 0n;
  },
  find: async (log, leafHash) => {
    const { rows } = await pool.query<PlacedRevision>(
      `SELECT e.event_id AS "eventId", e.idx AS position, r.sequence_no AS "sequenceNo", r.document AS "documentId"
       FROM entry AS e JOIN qldb_revisions AS r ON r.insurer = e.insurer AND r.idx = e.idx
       WHERE e.insurer = $1 AND encode(e.leaf_hash, 'hex') = $2 ORDER BY e.idx LIMIT 1`,
      [log, toHex(leafHash)],
    );
    return rows[0];
  },
});

async function moveOut(
  on: Queryable,
  log: string,
  count: bigint,
  placed: readonly PlacedRevision[],
  at: Instant,
): Promise<void> {
  const frontier = await claimHead(on, log, count, at);
  const eventIds = placed.map(({ eventId }) => eventId);
  const { rows: entries } = await on.query<{ idx: bigint; leafHash: Uint8Array }>(
    `INSERT INTO entry (insurer, idx, event_id, stream, version, leaf_hash, record, traceparent)
     SELECT o.insurer, p.idx, o.event_id, o.stream, o.version, o.leaf_hash, o.record, o.traceparent
     FROM outbox AS o JOIN unnest($2::text[], $3::bigint[]) AS p (event_id, idx) ON p.event_id = o.event_id
     WHERE o.insurer = $1 RETURNING idx, leaf_hash AS "leafHash"`,
    [log, eventIds, placed.map(({ position }) => position)],
  );
  if (entries.length !== placed.length) throw new LostRace("the outbox changed");
  const rows = placed.map((one) => [log, one.position, one.sequenceNo, one.documentId]);
  await insertRows(on, revisionTarget, rows);
  await on.query(`DELETE FROM outbox WHERE insurer = $1 AND event_id = ANY($2::text[])`, [
    log,
    eventIds,
  ]);
  const inOrder = entries.sort((a, b) => (a.idx < b.idx ? -1 : 1));
  const tree = inOrder.reduce((grown, { leafHash }) => append(grown, leafHash), frontier);
  await moveHead(on, log, count, tree, at);
}

const revisionTarget = {
  table: "qldb_revisions",
  columns: { insurer: "text", idx: "bigint", sequence_no: "bigint", document: "text" },
} as const;
