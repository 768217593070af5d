import type { Subject } from "../../../shared/base/accumulator.ts";
import type { StreamKind } from "../../../shared/base/event.ts";
import type { StillOpen } from "../../../shared/policy/erasure.ts";
import {
  type AccumulatorRow,
  type KeptReply,
  LostRace,
  OutcomeUnknown,
  type Store,
  type StoreTransaction,
  type StreamRow,
} from "../../../shared/ports/store.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { BacklogFull, maxWaiting, requireRoom } from "./backlog.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";
import { storeQueries } from "./store-queries.ts";
import { CommitUnknown, isLostRace } from "./translate.ts";
import { writeSet } from "./write-set.ts";

/** The command store over PostgreSQL as role `countersign_app`; a log with `max` waiting records takes no more: Unavailable. */
export function postgresStore(pool: Pool, max = maxWaiting): Store {
  return {
    transaction: async (insurer, body) => {
      try {
        return await transaction(pool, (on) => body(storeTransaction(on, insurer, max)));
      } catch (error) {
        if (isLostRace(error)) throw new LostRace("another transaction won", { cause: error });
        if (error instanceof BacklogFull) throw new Unavailable("ledger", error.message);
        if (error instanceof CommitUnknown) throw new OutcomeUnknown(error.message);
        throw error;
      }
    },
    ...storeQueries(pool),
    committed: async (insurer, eventId) => {
      const { rowCount } = await pool.query(
        `SELECT 1 FROM outbox WHERE insurer = $1 AND event_id = $2
         UNION ALL SELECT 1 FROM entry WHERE event_id = $2`,
        [insurer, eventId],
      );
      return rowCount > 0;
    },
  };
}

const columns = `stream, version, leaf_hash AS "leafHash", ord`;
const selectStreams: Record<StreamKind, string> = {
  insurer: `SELECT ${columns}, kind AS status, state, NULL AS person FROM insurer WHERE insurer = $1 AND stream = ANY($2::text[])`,
  pack: `SELECT ${columns}, status, state, NULL AS person FROM pack WHERE insurer = $1 AND stream = ANY($2::text[])`,
  person: `SELECT ${columns}, status, state, NULL AS person FROM person WHERE insurer = $1 AND stream = ANY($2::text[])`,
  policy: `SELECT ${columns}, status, state, person FROM policy WHERE insurer = $1 AND stream = ANY($2::text[])`,
  claim: `SELECT ${columns}, status, state, person FROM claim WHERE insurer = $1 AND stream = ANY($2::text[])`,
  payout: `SELECT ${columns}, status, state, person FROM payout WHERE insurer = $1 AND stream = ANY($2::text[])`,
};
const selectInsurer = `SELECT ${columns}, kind AS status, state, NULL AS person FROM insurer WHERE insurer = $1`;

const selectOpen = `SELECT stream, 'claim' AS what FROM claim
    WHERE insurer = $1 AND person = $2 AND status NOT IN ('closed', 'withdrawn', 'erased')
  UNION ALL SELECT stream, 'policy' FROM policy WHERE insurer = $1 AND person = $2 AND status = 'active'
  UNION ALL SELECT stream, 'payout' FROM payout WHERE insurer = $1 AND person = $2
    AND status NOT IN ('settled', 'rejected', 'returned', 'recalled', 'stopped', 'voided', 'erased')
  LIMIT 10`;

function storeTransaction(on: Queryable, insurer: string, max: number): StoreTransaction {
  return {
    streams: async (kind, streams) => {
      const { rows } = await on.query<Omit<StreamRow, "kind">>(selectStreams[kind], [
        insurer,
        streams,
      ]);
      return rows.map((row) => ({ ...row, kind }));
    },
    insurer: async () => {
      const { rows } = await on.query<Omit<StreamRow, "kind">>(selectInsurer, [insurer]);
      return rows[0] && { ...rows[0], kind: "insurer" };
    },
    accumulators: async (subjects: readonly Subject[]) => {
      const { rows } = await on.query<AccumulatorRow>(
        `SELECT subject, version, ord, state, person FROM accumulator
         WHERE insurer = $1 AND subject = ANY($2::text[])`,
        [insurer, subjects],
      );
      return rows;
    },
    openOf: async (person) => {
      const { rows } = await on.query<StillOpen>(selectOpen, [insurer, person]);
      return rows;
    },
    kept: async (caller, key) => {
      const { rows } = await on.query<KeptReply>(
        `SELECT fingerprint, status, reply FROM idempotency
         WHERE caller = $1 AND idempotency_key = $2`,
        [caller, key],
      );
      return rows[0];
    },
    write: async (set) => {
      const room = set.outbox.length > 0 ? requireRoom(on, insurer, max) : undefined;
      await Promise.all([room, writeSet(on, insurer, set)]);
    },
  };
}
