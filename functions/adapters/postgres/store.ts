import type { Subject } from "../../../shared/base/accumulator.ts";
import type { StreamKind } from "../../../shared/base/event.ts";
import type { StillOpen } from "../../../shared/policy/erasure.ts";
import {
  type AccumulatorRow,
  type KeptReply,
  LostRace,
  OutcomeUnknown,
  type Store,
  type StoreReading,
  type StoreTransaction,
  type StreamRow,
} from "../../../shared/ports/store.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { transactionAgain } from "./again.ts";
import { BacklogFull, maxWaiting, type RequireRoom, roomKeeper } from "./backlog.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";
import { payoutsOf, storeQueries } from "./store-queries.ts";
import { CommitUnknown, isLostRace } from "./translate.ts";
import { writeSet } from "./write-set.ts";

/** The command store over PostgreSQL as role `countersign_app`; a log with `max` waiting records takes no more: Unavailable. */
export function postgresStore(pool: Pool, max = maxWaiting): Store {
  const requireRoom = roomKeeper(max);
  return {
    transaction: async (insurer, body) => {
      try {
        return await transaction(pool, (on) => body(storeTransaction(on, insurer, requireRoom)));
      } catch (error) {
        if (isLostRace(error)) throw new LostRace("another transaction won", { cause: error });
        if (error instanceof BacklogFull) throw new Unavailable("ledger", error.message);
        if (error instanceof CommitUnknown) throw new OutcomeUnknown(error.message);
        throw error;
      }
    },
    read: (insurer, body) => transactionAgain(pool, (on) => body(storeReading(on, insurer))),
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
const unowned = `${columns}, status, state, NULL AS person`;
const owned = `${columns}, status, state, person`;
const insurerColumns = `${columns}, kind AS status, state, NULL AS person`;

/**
 * Reads the rows whose `key` is one of some. One key is asked for as such: a plan for a list of keys, made while the table was small, reads all rows of
 * the insurer (measured: 24 pages instead of 3).
 */
function readerByKey(table: string, names: string, key: string) {
  const one = `SELECT ${names} FROM ${table} WHERE insurer = $1 AND ${key} = $2`;
  const many = `SELECT ${names} FROM ${table} WHERE insurer = $1 AND ${key} = ANY($2::text[])`;
  return <R extends object>(on: Queryable, insurer: string, keys: readonly string[]) =>
    keys.length === 1 ? on.query<R>(one, [insurer, keys[0]]) : on.query<R>(many, [insurer, keys]);
}
const readStreams: Record<StreamKind, ReturnType<typeof readerByKey>> = {
  insurer: readerByKey("insurer", insurerColumns, "stream"),
  pack: readerByKey("pack", unowned, "stream"),
  person: readerByKey("person", unowned, "stream"),
  policy: readerByKey("policy", owned, "stream"),
  claim: readerByKey("claim", owned, "stream"),
  payout: readerByKey("payout", owned, "stream"),
  document: readerByKey("document", owned, "stream"),
};
const readAccumulators = readerByKey(
  "accumulator",
  "subject, version, ord, state, person",
  "subject",
);
const selectInsurer = `SELECT ${insurerColumns} FROM insurer WHERE insurer = $1`;

const selectOpen = `SELECT stream, 'claim' AS what FROM claim
    WHERE insurer = $1 AND person = $2 AND status NOT IN ('closed', 'withdrawn', 'erased')
  UNION ALL SELECT stream, 'policy' FROM policy WHERE insurer = $1 AND person = $2 AND status = 'active'
  UNION ALL SELECT stream, 'payout' FROM payout WHERE insurer = $1 AND person = $2
    AND status NOT IN ('settled', 'rejected', 'returned', 'recalled', 'stopped', 'voided', 'erased')
  LIMIT 10`;

function storeReading(on: Queryable, insurer: string): StoreReading {
  return {
    streams: async (kind, streams) => {
      const { rows } = await readStreams[kind]<Omit<StreamRow, "kind">>(on, insurer, streams);
      return rows.map((row) => ({ ...row, kind }));
    },
    insurer: async () => {
      const { rows } = await on.query<Omit<StreamRow, "kind">>(selectInsurer, [insurer]);
      return rows[0] && { ...rows[0], kind: "insurer" };
    },
    accumulators: async (subjects: readonly Subject[]) => {
      const { rows } = await readAccumulators<AccumulatorRow>(on, insurer, subjects);
      return rows;
    },
  };
}

function storeTransaction(
  on: Queryable,
  insurer: string,
  requireRoom: RequireRoom,
): StoreTransaction {
  return {
    ...storeReading(on, insurer),
    payoutsOf: (claim) => payoutsOf(on, insurer, claim),
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
      const records = set.outbox.length;
      const room = records > 0 ? requireRoom(on, insurer, records) : undefined;
      await Promise.all([room, writeSet(on, insurer, set)]);
    },
  };
}
