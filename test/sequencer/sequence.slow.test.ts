import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { sequenceAll } from "../../functions/sequencer/core.ts";
import type { Trail } from "../../functions/sequencer/trail.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { PendingRecord } from "../../shared/ports/ledger.ts";
import type { Traces } from "../../shared/ports/publishing.ts";
import { LostRace } from "../../shared/ports/store.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { losingCommits, type SampleLog, sampleLog, sampleRecords } from "./sample-log.ts";

let under: SampleLog;
beforeEach(async () => {
  under = await sampleLog("acme", "other");
});
afterEach(() => under.close());

const entries = async (log = "acme") => {
  const { rows } = await under.owner.query<{ idx: bigint; event_id: string }>(
    "SELECT idx, event_id FROM entry WHERE insurer = $1 ORDER BY idx",
    [log],
  );
  return rows;
};
const waiting = async () => (await under.owner.query("SELECT 1 FROM outbox")).rowCount;

/** The log holds exactly these records in this order, without gap, under their RFC 6962 root. */
async function expectLog(records: readonly PendingRecord[]): Promise<void> {
  const rows = await entries();
  expect(rows.map(({ event_id }) => event_id)).toEqual(records.map(({ eventId }) => eventId));
  expect(rows.map(({ idx }) => idx)).toEqual(records.map((_, i) => BigInt(i)));
  const digest = await under.engine().digest("acme");
  const { root } = treeOf(records.map(({ leafHash }) => leafHash));
  expect(digest).toEqual({ size: BigInt(records.length), root: new Uint8Array(root) });
}

describe("sequencing", () => {
  test("two sequencers on 2,000 waiting records: no gap, no double, in order of (ord, event id)", async () => {
    const records = sampleRecords(2_000);
    await under.submit(records.toReversed());
    const placed = await Promise.all([
      sequenceAll(under.engine(), "acme"),
      sequenceAll(under.engine(), "acme"),
    ]);
    expect(placed.reduce((sum, each) => sum + each)).toBe(2_000);
    await expectLog(records);
    expect(await waiting()).toBe(0);
  });

  test("records that arrive while four sequence are all placed, each claim's in its own order", async () => {
    const all = Array.from({ length: 12 }, (_, i) => sampleRecords(40, 40 * i));
    let submitting = true;
    const submitAll = async () => {
      for (const some of all) await under.submit(some);
      submitting = false;
    };
    const keepSequencing = async () => {
      while (submitting) await sequenceAll(under.engine(), "acme");
    };
    await Promise.all([submitAll(), ...Array.from({ length: 4 }, keepSequencing)]);
    await sequenceAll(under.engine(), "acme");
    await expectLog(all.flat());
  });

  test("a batch ends at 4 MiB, so large records go in several; one alone always fits", async () => {
    const big = sampleRecords(150).map((record) => ({ ...record, record: new Uint8Array(65_535) }));
    await under.submit(big);
    const engine = under.engine();
    expect((await engine.sequence("acme")).length).toBe(64);
    expect(await sequenceAll(engine, "acme")).toBe(86);
  });

  test("each batch leaves its checkpoint, and one log's records never enter another's", async () => {
    await under.submit(sampleRecords(1_500));
    await under.submit(sampleRecords(3, 0, "b"), "other");
    expect(await sequenceAll(under.engine(), "acme")).toBe(1_500);
    const { rows } = await under.owner.query("SELECT size FROM checkpoint ORDER BY size");
    expect(rows).toEqual([{ size: 1_000n }, { size: 1_500n }]);
    expect(await entries("other")).toEqual([]);
    expect(await sequenceAll(under.engine(), "other")).toBe(3);
  });

  test.each(["kept", "lost"] as const)(
    "a commit whose answer never came (%s) places its records once",
    async (how) => {
      const records = sampleRecords(5);
      await under.submit(records);
      const { pool, loseNext } = losingCommits(under.sequencer);
      loseNext(how);
      const placed = await under.engine(pool).sequence("acme");
      expect(placed.map(({ position }) => position)).toEqual([0n, 1n, 2n, 3n, 4n]);
      await expectLog(records);
    },
  );

  test.each([undefined, "kept"] as const)(
    "a batch names the traces of its requests, 20 of them and how many (commit %s), as whoever looks them up later finds",
    async (lost) => {
      await under.submit(sampleRecords(40));
      // Two records of each request, but the first ten of nobody's.
      await under.owner.query(
        `UPDATE outbox SET traceparent = '00-' || lpad(to_hex(ord), 32, '0') || '-00f067aa0ba902b7-01'
         WHERE ord >= 1000005`,
      );
      const { pool, loseNext } = losingCommits(under.sequencer);
      if (lost) loseNext(lost);
      const told: unknown[] = [];
      const trail: Trail = (message, fields) => void told.push([message, fields]);
      const ids = Array.from({ length: 15 }, (_, i) =>
        (1_000_005 + i).toString(16).padStart(32, "0"),
      );
      expect(await sequenceAll(under.engine(pool), "acme", 1, trail)).toBe(40);
      const some = { traceIds: ids, traces: 15 };
      expect(told).toEqual([["placed", { insurer: "acme", entries: 40, first: "0", ...some }]]);
      const committed = committedEntries(under.publisher);
      expect(await committed.traces("acme", 0n, 40n)).toEqual(some);
      expect(await committed.traces("acme", 0n, 10n)).toEqual({ traceIds: [], traces: 0 });
      expect(await committed.traces("acme", 13n, 14n)).toEqual({ traceIds: [ids[1]], traces: 1 });

      await under.submit(sampleRecords(60, 40));
      await under.owner.query(
        "UPDATE outbox SET traceparent = '00-' || lpad(to_hex(ord), 32, '0') || '-00f067aa0ba902b7-01'",
      );
      await sequenceAll(under.engine(), "acme", 1, trail);
      const [, [, more]] = told as [unknown, [string, Traces]];
      expect(more).toMatchObject({ traces: 30 });
      expect(more.traceIds).toHaveLength(20);
      const { traceIds, traces } = await committed.traces("acme", 40n, 100n);
      expect([traceIds, traces]).toEqual([more.traceIds, 30]);
    },
  );

  test("a transaction the database aborts again and again is started again, then given up as unavailable", async () => {
    const records = sampleRecords(3);
    await under.submit(records);
    const { pool, failNext } = abortingClaims(under.sequencer);
    failNext(5);
    expect((await under.engine(pool).sequence("acme")).length).toBe(3);
    await expectLog(records);
    await under.submit(sampleRecords(1, 3));
    failNext(Number.POSITIVE_INFINITY);
    await expect(under.engine(pool).sequence("acme")).rejects.toThrow(Unavailable);
    expect(await waiting()).toBe(1);
  });

  test("a record that is in the log already stops there: nothing is placed twice", async () => {
    const [record] = sampleRecords(1) as [PendingRecord];
    await under.submit([record]);
    await sequenceAll(under.engine(), "acme");
    await under.submit([record]);
    await expect(under.engine().sequence("acme")).rejects.toThrow(Unavailable);
    await expectLog([record]);
  });

  test("proofs over many tiles are right and come from few reads", async () => {
    const records = sampleRecords(3_000);
    await under.submit(records);
    const engine = under.engine();
    await sequenceAll(engine, "acme");
    const tree = treeOf(records.map(({ leafHash }) => leafHash));
    const digest = { size: 3_000n, root: tree.root };
    for (const size1 of [1, 255, 256, 257, 1_000, 2_999]) {
      const root = treeOf(records.slice(0, size1).map(({ leafHash }) => leafHash)).root;
      const from = { size: BigInt(size1), root };
      const { to, evidence } = await engine.extension("acme", from, digest);
      expect(to).toEqual(digest);
      expect(evidence.map(toHex)).toEqual(tree.consistency(BigInt(size1)).map(toHex));
      const state = { ...from, frontier: [] };
      expect(engine.extend(state, to, evidence)).toEqual({ ...digest, frontier: [] });
    }
    let reads = 0;
    const counted: Pool = {
      ...under.sequencer,
      query: (text, values) => {
        reads++;
        return under.sequencer.query(text, values);
      },
    };
    const other = under.engine(counted);
    await other.extension("acme", { size: 2_000n, root: tree.root }, digest);
    reads = 0;
    await other.extension("acme", { size: 2_500n, root: tree.root }, digest);
    expect(reads).toBeLessThanOrEqual(3);
  });

  test("rows that don't lead to the digest give no evidence, so nothing is signed on them", async () => {
    const records = sampleRecords(600);
    await under.submit(records);
    await sequenceAll(under.engine(), "acme");
    const root = treeOf(records.slice(0, 300).map(({ leafHash }) => leafHash)).root;
    const from = { size: 300n, root };
    const to = (await under.engine().digest("acme")) ?? from;
    await under.owner.query("UPDATE entry SET leaf_hash = $1 WHERE idx = 7", [new Uint8Array(32)]);
    const { evidence } = await under.engine().extension("acme", from, to);
    expect(under.engine().extend({ ...from, frontier: [] }, to, evidence)).toBeUndefined();
    await under.owner.query("DELETE FROM entry WHERE idx = 7");
    expect(await under.engine().extension("acme", from, to)).toEqual({ to, evidence: [] });
  });
});

test("an engine outside the database sees the outbox in order and takes out what it placed, as entries", async () => {
  const records = sampleRecords(5);
  await under.submit(records.toReversed());
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  await under.owner.query("UPDATE outbox SET traceparent = $1 WHERE event_id = 'a-000000001'", [
    `00-${traceId}-00f067aa0ba902b7-01`,
  ]);
  const pending = postgresPending(under.sequencer, () => 1n);
  const first = await pending.first("acme", 3);
  const traces = [null, traceId, null];
  expect(first).toEqual(
    records.slice(0, 3).map((each, i) => ({
      ...each,
      leafHash: new Uint8Array(each.leafHash),
      traceId: traces[i],
    })),
  );
  const places = first.map(({ eventId }, i) => ({
    eventId,
    position: BigInt(i),
    sequenceNo: 7n,
    documentId: `document-${i}`,
  }));
  await pending.place("acme", 0n, places);
  const committed = committedEntries(under.publisher);
  expect(await committed.traces("acme", 0n, 3n)).toEqual({ traceIds: [traceId], traces: 1 });
  await expect(pending.place("acme", 0n, places)).rejects.toThrow(LostRace);
  await expect(pending.place("acme", 3n, places)).rejects.toThrow(LostRace);
  expect((await pending.first("acme", 10)).map(({ eventId }) => eventId)).toEqual([
    "a-000000003",
    "a-000000004",
  ]);
  expect(await pending.placedCount("acme")).toBe(3n);
  expect(await pending.find("acme", first[1]?.leafHash ?? new Uint8Array())).toEqual(places[1]);
  expect(await pending.find("acme", new Uint8Array(32))).toBeUndefined();
  expect((await entries()).map(({ event_id }) => event_id)).toEqual(
    first.map(({ eventId }) => eventId),
  );
  expect(await pending.first("other", 10)).toEqual([]);
});

/** `pool`, but its next claims of the head fail as a serialization failure does. */
function abortingClaims(pool: Pool): { pool: Pool; failNext(count: number): void } {
  let failures = 0;
  return {
    failNext: (count) => {
      failures = count;
    },
    pool: {
      ...pool,
      lease: async () => {
        const lease = await pool.lease();
        return {
          ...lease,
          query: (text, values) =>
            failures-- > 0
              ? Promise.reject(Object.assign(new Error("could not serialize"), { code: "40001" }))
              : lease.query(text, values),
        };
      },
    },
  };
}
