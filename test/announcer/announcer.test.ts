import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { eventBridgeBus } from "../../functions/adapters/eventbridge/bus.ts";
import { claimEventOf } from "../../functions/announcer/claim-event.ts";
import { announce, unannounced } from "../../functions/announcer/core.ts";
import { advance } from "../../functions/publisher/advance.ts";
import {
  type EventFaults,
  type PutEntry,
  serveEventBridge,
} from "../../local/eventbridge/serve.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { ClaimEvent, ClaimEvents } from "../../shared/ports/claim-events.ts";
import type { PendingRecord } from "../../shared/ports/ledger.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { formatRecord, type LedgerRecord } from "../../shared/record/record.ts";
import { claimEventsContract } from "../contract/claim-events.ts";
import { originOf, type PublishedLog, publishedLog } from "../publisher/published-log.ts";

const stream = (n: number) => n.toString(16).padStart(32, "0");
const record = (n: number, type: LedgerRecord["type"] = "claim.withdrawn"): Uint8Array =>
  formatRecord({
    origin: originOf("acme"),
    type,
    stream: stream(n),
    version: 1n,
    prev: null,
    time: "2026-11-26T12:00Z",
    actor: "person",
    body: { sealed: { size: type === "totals.recorded" ? 16 : 8, root: new Uint8Array(32) } },
  });
const eventOf = (n: number) => claimEventOf(BigInt(n), record(n))!;
const events = Array.from({ length: 37 }, (_, n) => eventOf(n));

/** The adapter against a bus that fails as it is told. */
async function bus(faults?: EventFaults) {
  const delivered: PutEntry[] = [];
  const stub = await serveEventBridge((entry) => delivered.push(entry), faults);
  const client = new EventBridgeClient({
    ...localClientConfig(stub.url),
    maxAttempts: 1,
  });
  const patience = { random: () => 0.01, sleep: async () => undefined };
  return {
    bus: eventBridgeBus(client, "claims", patience),
    delivered: () => delivered.map(({ Detail }) => JSON.parse(Detail ?? "") as ClaimEvent),
    entries: delivered,
    stop: async () => {
      client.destroy();
      await stub.stop(0);
    },
  };
}

async function untilTaken(put: () => Promise<void>): Promise<number> {
  for (let times = 1; times < 100; times++) {
    try {
      await put();
      return times;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
  throw new Error("never taken");
}

const stopping: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stopping) await stop();
});
claimEventsContract("the stub", async () => {
  const one = await bus();
  stopping.push(one.stop);
  const delivered = async () =>
    one.entries.map(({ EventBusName, Source = "", DetailType = "", Time = 0, Detail = "" }) => {
      expect(EventBusName).toBe("claims");
      const event = JSON.parse(Detail) as ClaimEvent;
      return { source: Source, type: DetailType, atMs: Time * 1_000, event };
    });
  return { events: one.bus, delivered };
});

describe("a bus that fails", () => {
  const seeds = Array.from({ length: 12 }, (_, n) => `seed ${n}`);
  test.each(seeds)("%s: every event arrives at least once, unaltered", async (seed) => {
    const one = await bus({ seed, share: 0.6 });
    await untilTaken(() => one.bus.put(events));
    await one.stop();
    const delivered = one.delivered();
    expect(new Set(delivered.map((each) => JSON.stringify(each)))).toEqual(
      new Set(events.map((each) => JSON.stringify(each))),
    );
    expect(delivered.length).toBeGreaterThanOrEqual(events.length);
  });

  test("one that never takes anything is Unavailable", async () => {
    const one = await bus({ seed: "closed", share: 1 });
    const outcomes = new Set<string>();
    for (let n = 0; n < 8; n++) {
      await one.bus.put(events.slice(0, 10)).then(
        () => outcomes.add("taken"),
        (error: Unavailable) => outcomes.add(`${error.name} ${error.service}`),
      );
    }
    await one.stop();
    expect(outcomes).toContain("Unavailable eventbridge");
  });
});

describe("the announcer", () => {
  let log: PublishedLog;
  beforeAll(async () => {
    log = await publishedLog("acme");
  });
  afterAll(() => log?.close());

  const submit = async (from: number, to: number) => {
    const rows = Array.from({ length: to - from }, (_, i): PendingRecord => {
      const bytes = record(from + i, (from + i) % 10 === 9 ? "totals.recorded" : undefined);
      const eventId = stream(from + i);
      const ord = BigInt(from + i + 1);
      return {
        ord,
        eventId,
        stream: eventId,
        version: 1n,
        leafHash: leafHash(bytes),
        record: bytes,
      };
    });
    await log.submit(rows);
    await advance(log.ports, "acme");
  };

  /** A bus that takes everything but where told to break off. */
  const recording = (breaksAt = Number.POSITIVE_INFINITY) => {
    const put: ClaimEvent[] = [];
    let calls = 0;
    const events: ClaimEvents = {
      put: async (some) => {
        put.push(...some);
        if (++calls >= breaksAt) throw new Unavailable("eventbridge", "the answer was lost");
      },
    };
    return { put, events };
  };
  const indexes = (put: readonly ClaimEvent[]) => put.map(({ index }) => Number(index));
  const expected = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter((n) => n % 10 !== 9);

  test("tells what was published since, in the log's order, and of no record that is about nobody's claim", async () => {
    const cursors = memoryStore();
    const [first, second] = [recording(), recording()];
    const ports = { published: log.published, cursors };
    await submit(0, 300);
    expect(await unannounced(ports, ["acme"])).toEqual({ unannounced: 300 });
    expect(await announce({ ...ports, events: first.events }, "acme", 10_000n)).toBe(300);
    expect(indexes(first.put)).toEqual(expected(0, 300));
    expect(first.put[3]).toEqual(eventOf(3));
    expect(first.put[3]?.record).toBe(toHex(leafHash(record(3))));
    expect(await announce({ ...ports, events: first.events }, "acme", 10_000n)).toBe(0);
    await submit(300, 320);
    expect(await announce({ ...ports, events: second.events }, "acme", 10_000n)).toBe(20);
    expect(indexes(second.put)).toEqual(expected(300, 320));
    expect(await unannounced(ports, ["acme"])).toEqual({ unannounced: 0 });
  });

  test("puts again what it can't say was taken, and nothing before it", async () => {
    const cursors = memoryStore();
    const [broken, later] = [recording(2), recording()];
    const ports = { published: log.published, cursors };
    await expect(announce({ ...ports, events: broken.events }, "acme", 10_000n)).rejects.toThrow(
      "eventbridge",
    );
    await announce({ ...ports, events: later.events }, "acme", 10_000n);
    expect(indexes(broken.put)).toEqual(expected(0, 320));
    expect(indexes(later.put)).toEqual(expected(256, 320));
  });

  test("two at once lose nothing", async () => {
    const ports = { published: log.published, cursors: memoryStore() };
    const [one, two] = [recording(), recording()];
    const both = [one, two].map(({ events }) => announce({ ...ports, events }, "acme", 10_000n));
    await Promise.all(both);
    await announce({ ...ports, events: one.events }, "acme", 10_000n);
    expect(new Set(indexes([...one.put, ...two.put]))).toEqual(new Set(expected(0, 320)));
  });

  test("what it says holds nothing but handles, types, places and the record's hash", () => {
    const {
      event,
      origin,
      index,
      type,
      stream: handle,
      version,
      record: hash,
      time,
      ...rest
    } = eventOf(1);
    expect(rest).toEqual({});
    expect(event).toBe("claim-event/v1");
    expect([origin, index, type, handle, version, hash.length, time]).toEqual([
      ...[originOf("acme"), "1", "claim.withdrawn", stream(1), "1", 64, "2026-11-26T12:00Z"],
    ]);
  });
});
