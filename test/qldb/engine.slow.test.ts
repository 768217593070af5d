import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { LedgerAhead } from "../../functions/adapters/qldb/strangers.ts";
import { ensureTable, LedgerFull } from "../../functions/adapters/qldb/table.ts";
import { nothingSigned } from "../../functions/signer/core.ts";
import { follow } from "../../functions/signer/follow.ts";
import { fates } from "../../local/faults/fates.ts";
import { ensureLedger } from "../../local/platform/ensure-ledger.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import type { LedgerDigest, LedgerState } from "../../shared/ports/ledger.ts";
import type { PlacedRevision } from "../../shared/ports/pending.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { contractLog, records } from "../contract/ledger.ts";
import { memoryOutbox } from "./memory-outbox.ts";

const onlyUnavailable = (error: unknown): [] => {
  if (!(error instanceof Unavailable)) throw error;
  return [];
};

describe("the qldb engine and its service's bad days", () => {
  let folder: string;
  let stub: QldbStub;
  let clients: QldbClients;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "qldb-engine-"));
    stub = await startQldbStub({ folder });
    clients = qldbClients(localClientConfig(stub.endpoint), "countersign");
    await ensureLedger(clients);
    outbox = memoryOutbox(contractLog);
  });
  afterEach(async () => {
    clients.close();
    await stub.stop();
    await rm(folder, { recursive: true });
  });

  let outbox: ReturnType<typeof memoryOutbox>;
  const engineFor = (waiting = records(2)) => {
    outbox.add(waiting);
    return qldbEngine({ clients, outbox });
  };

  test("ensureLedger may run again", async () => {
    await expect(ensureLedger(clients)).resolves.toBeUndefined();
  });

  test("while it is down: Unavailable, nothing cleared; once it is back on its data: all goes on", async () => {
    const engine = engineFor();
    expect(await engine.sequence(contractLog)).toHaveLength(2);
    const digest = (await engine.digest(contractLog))!;
    const held = (await follow(engine, contractLog, nothingSigned, digest))!;
    await stub.stop();
    await expect(engine.digest(contractLog)).rejects.toThrow(Unavailable);
    await expect(engine.prove(contractLog, records(1)[0]!.leafHash, digest)).rejects.toThrow(
      Unavailable,
    );
    outbox.add(records(2, 2));
    await expect(engine.sequence(contractLog)).rejects.toThrow(Unavailable);
    expect(await outbox.placedCount(contractLog)).toBe(2n);
    stub = await startQldbStub({ folder, port: stub.port });
    const placed = await engine.sequence(contractLog);
    expect(placed.map(({ position }) => position)).toEqual([2n, 3n]);
    const now = (await engine.digest(contractLog))!;
    expect(await follow(engine, contractLog, held, now)).toMatchObject(now);
  });

  test.each(["a", "b", "c"])(
    "throttled, late and unanswered requests (seed %s): each record once, in order",
    async (seed) => {
      await stub.stop();
      const faults = { seed, throttled: 0.08, late: 0.05, lost: 0.08 };
      const seen = new Set<string>();
      const draw = fates(faults);
      const fateOf = (command: string) => {
        const fate = draw(command);
        seen.add(fate);
        return fate;
      };
      stub = await startQldbStub({ folder, port: stub.port, fateOf, lateMs: 20 });
      const waiting = records(60);
      const engine = engineFor(waiting);
      const placed = new Map<string, bigint>();
      for (let run = 0; placed.size < 60 && run < 100; run++) {
        for (const { eventId, position } of await engine
          .sequence(contractLog)
          .catch(onlyUnavailable)) {
          expect(placed.has(eventId)).toBe(false);
          placed.set(eventId, position);
        }
      }
      expect([...seen].sort()).toEqual(["fine", "late", "lost", "throttled"]);
      expect([...placed]).toEqual(waiting.map(({ eventId }, i) => [eventId, BigInt(i)]));
      await stub.stop();
      stub = await startQldbStub({ folder, port: stub.port });
      clients.close();
      clients = qldbClients(localClientConfig(stub.endpoint), "countersign");
      const rows = await clients.driver.executeLambda(async (transaction) =>
        (await transaction.execute("SELECT eventId FROM log_acme_health")).getResultList(),
      );
      expect(rows.map((row) => row.get("eventId")?.stringValue())).toEqual(
        waiting.map(({ eventId }) => eventId),
      );
    },
  );

  test("a ledger nobody made is a bug, not an outage", async () => {
    const lost = qldbClients(localClientConfig(stub.endpoint), "nobody");
    outbox.add(records(1));
    const engine = qldbEngine({ clients: lost, outbox });
    const error = await engine.sequence(contractLog).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect(String(error)).toContain("Ledger nobody not found");
    lost.close();
  });

  test("a document filed under another record's leaf hash proves neither of them", async () => {
    const engine = engineFor();
    await engine.sequence(contractLog);
    const [honest, other] = records(2, 7);
    const forged = {
      eventId: honest!.eventId,
      index: 2,
      leafHash: toHex(honest!.leafHash),
      record: fromUtf8(other!.record),
    };
    await clients.driver.executeLambda(async (transaction) =>
      transaction.execute("INSERT INTO log_acme_health ?", forged),
    );
    outbox.add([honest!]);
    await engine.sequence(contractLog);
    const digest = (await engine.digest(contractLog))!;
    const proof = (await engine.prove(contractLog, honest!.leafHash, digest))!;
    expect(engine.verify(honest!.record, proof, digest)).toBe(false);
    expect(engine.verify(other!.record, proof, digest)).toBe(false);
  });

  test("the document holds the record's bytes as one string and nothing that isn't in it", async () => {
    const engine = engineFor();
    await engine.sequence(contractLog);
    const rows = await clients.driver.executeLambda(async (transaction) =>
      (await transaction.execute("SELECT * FROM log_acme_health")).getResultList(),
    );
    const [record] = records(1);
    expect(rows[0]?.fieldNames()).toEqual(["eventId", "index", "leafHash", "record"]);
    expect(rows[0]?.get("record")?.stringValue()).toBe(new TextDecoder().decode(record!.record));
  });

  test("forty records are one block, in their order; the forty-first goes into the next", async () => {
    const waiting = records(41);
    const engine = engineFor(waiting);
    expect(await engine.sequence(contractLog)).toHaveLength(40);
    const [last] = await engine.sequence(contractLog);
    expect(last).toMatchObject({ eventId: waiting[40]!.eventId, position: 40n });
    const places = await Promise.all(
      waiting.map(({ leafHash }) => outbox.find(contractLog, leafHash)),
    );
    expect(new Set(places.slice(0, 40).map((place) => place?.sequenceNo)).size).toBe(1);
    expect(places[40]!.sequenceNo).toBeGreaterThan(places[0]!.sequenceNo);
  });

  test("a record that came late to the outbox stands after those a lost call has placed", async () => {
    const [early, ...rest] = records(4);
    outbox.add(rest);
    const losing = { ...outbox, place: () => Promise.reject(new Unavailable("test", "gone")) };
    const lost = qldbEngine({ clients, outbox: losing });
    await expect(lost.sequence(contractLog)).rejects.toThrow(Unavailable);
    const engine = engineFor([early!]);
    const first = await engine.sequence(contractLog);
    expect(first.map(({ eventId }) => eventId)).toEqual(rest.map(({ eventId }) => eventId));
    expect(await engine.sequence(contractLog)).toEqual([
      expect.objectContaining({ eventId: early!.eventId, position: 3n }),
    ]);
  });

  test("a journal that grew by more than is shown at once is followed in steps, each to the digest the service had there", async () => {
    const blocksShown = 3;
    const engine = qldbEngine({ clients, outbox, blocksShown });
    const digests: LedgerDigest[] = [];
    for (let n = 0; n < 5; n++) {
      outbox.add(records(1, n));
      await engine.sequence(contractLog);
      digests.push((await engine.digest(contractLog))!);
    }
    const to = digests.at(-1)!;
    let state: LedgerState = nothingSigned;
    const sizes: bigint[] = [];
    while (state.size < to.size) {
      const step = await engine.extension(contractLog, state, to);
      state = engine.extend(state, step.to, step.evidence)!;
      sizes.push(state.size);
      const there = digests.find(({ size }) => size === state.size);
      if (there) expect(state).toMatchObject(there);
    }
    expect(sizes.slice(0, 2)).toEqual([3n, 6n]);
    expect(sizes).toHaveLength(Math.ceil(Number(to.size) / blocksShown));
  });

  test("a database that was put back is refused: the ledger holds records that it never gave", async () => {
    const engine = engineFor(records(5));
    await engine.sequence(contractLog);
    await engine.requireKnown([contractLog]);
    const older = memoryOutbox(contractLog);
    older.add(records(5));
    const behind = qldbEngine({ clients, outbox: older });
    await behind.requireKnown([contractLog]);
    const places = await Promise.all(
      records(3).map(({ leafHash }) => outbox.find(contractLog, leafHash)),
    );
    const restored = memoryOutbox(contractLog);
    restored.add(records(3));
    await restored.place(contractLog, 0n, places as PlacedRevision[]);
    restored.add(records(1, 9));
    const back = qldbEngine({ clients, outbox: restored });
    await expect(back.requireKnown([contractLog])).rejects.toThrow(LedgerAhead);
    await expect(back.requireKnown([contractLog])).rejects.toThrow("from place 3 on");
    await expect(back.sequence(contractLog)).rejects.toThrow(LedgerAhead);
    await expect(engine.requireKnown(["another"])).rejects.toThrow(`the log of ${contractLog}`);
    expect(await behind.sequence(contractLog)).toHaveLength(5);
  });

  test("a ledger has room for twenty logs and says so to the next", async () => {
    for (let n = 0; n < 20; n++) await ensureTable(clients, `insurer-${n}`);
    await expect(ensureTable(clients, "insurer-20")).rejects.toThrow(LedgerFull);
    await expect(ensureTable(clients, "insurer-20")).rejects.toThrow("20 tables");
    await expect(ensureTable(clients, "insurer-3")).resolves.toBeUndefined();
  });
});
