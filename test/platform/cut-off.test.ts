import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { maxLogs } from "../../functions/adapters/qldb/table.ts";
import { setBands } from "../../functions/operator/core.ts";
import { formatLatest } from "../../functions/signer/latest.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import {
  finishOpening,
  furnishLog,
  HalfOpen,
  isOpen,
  openLog,
} from "../../local/platform/open-log.ts";
import type { Services } from "../../local/platform/services.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { publicKeyBytes } from "../../shared/log/key.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { somebody, startPlatform, type TestPlatform } from "../command/platform.ts";

let platform: TestPlatform;
let app: Pool;
beforeAll(async () => {
  platform = await startPlatform();
  app = openPool({ url: platform.url("app"), max: 2 });
});
afterAll(async () => {
  await app?.end();
  await platform?.close();
});

const keysOf = (byte: number) =>
  (["ed25519", "mldsa44"] as const).map((type) => ({
    type,
    publicKey: async () => new Uint8Array(publicKeyBytes[type]).fill(byte),
    sign: () => Promise.reject(new Error("nothing is signed here")),
  }));
/** What opening a log takes of a platform. */
const servicesWith = (signed: ObjectStore, published: ObjectStore, key = 1): Services =>
  ({
    ports: platform.ports,
    pools: { app },
    checkpointKeys: keysOf(key),
    signed,
    published,
  }) as unknown as Services;
const newLog = (insurer: string) => ({
  insurer,
  kind: "insurer" as const,
  simulation: false,
  currency: "USD" as const,
  bands: [{ upTo: 100n, approvers: 0n }],
  packs: [planSchedule],
});
const bands = { currency: "USD", bands: [{ upTo: 5n, approvers: 0n }] } as const;

/** A platform killed while it opened a log, before the write `at`; with the stores as they were then. */
async function killedBefore(at: "signer" | "mark" | "bands" | "pack", insurer: string) {
  const [signed, published] = [memoryStore(), memoryStore()];
  const dies = async () => {
    throw new Error("killed");
  };
  const transaction: TestPlatform["ports"]["store"]["transaction"] = (on, body) =>
    platform.ports.store.transaction(on, async (reading) => {
      const write: typeof reading.write = async (set) => {
        const kinds = set.streams.map(({ kind, version }) => `${kind} ${version}`);
        if (kinds.includes(at === "bands" ? "insurer 2" : "pack 1")) await dies();
        await reading.write(set);
      };
      return body({ ...reading, write });
    });
  const dying = {
    ...servicesWith(
      at === "signer" ? { ...signed, putIfAbsent: dies } : signed,
      at === "mark" ? { ...published, putIfAbsent: dies } : published,
    ),
    ports: { ...platform.ports, store: { ...platform.ports.store, transaction } },
  };
  await expect(openLog(dying, newLog(insurer))).rejects.toThrow("killed");
  return servicesWith(signed, published);
}

describe("a log whose opening was killed", () => {
  test.each(["signer", "mark", "bands", "pack"] as const)(
    "before the write of the %s is whole after the next start",
    async (at) => {
      const insurer = `killed-${at}`;
      const next = await killedBefore(at, insurer);
      const half = at === "signer" || at === "mark";
      if (half) await expect(isOpen(next, insurer)).rejects.toThrow(HalfOpen);
      expect(await finishOpening(next, insurer)).toBe(half);
      expect(await isOpen(next, insurer)).toBe(true);
      const streams = await furnishLog(next, newLog(insurer));
      expect(streams).toHaveLength(1);
      expect(await platform.ports.store.packs(insurer)).toEqual(streams);
      const { rows } = await app.query("SELECT stream, version FROM outbox WHERE insurer = $1", [
        insurer,
      ]);
      expect(rows).toHaveLength(3);
      expect(await finishOpening(next, insurer)).toBe(false);
      expect(await furnishLog(next, newLog(insurer))).toEqual(streams);
    },
  );
});

describe("what is not an opening that was cut off stays refused", () => {
  test("the database holds more than the genesis: signer's store and published folder were lost", async () => {
    const next = await killedBefore("mark", "more");
    const more = { ...bands, bands: [...bands.bands] };
    const set = await setBands(platform.ports, "more", more, somebody());
    if (isRefusal(set)) throw new Error(set.detail);
    expect(await finishOpening(next, "more")).toBe(false);
    await expect(isOpen(next, "more")).rejects.toThrow(HalfOpen);
  });

  test("something of the log was signed, or published, already", async () => {
    const next = await killedBefore("signer", "shown");
    const size = formatLatest({ before: 0n, size: 1n, root: new Uint8Array(32), frontier: [] });
    const signed = memoryStore();
    await signed.putIfAbsent("shown/latest", size);
    const noted = memoryStore();
    await noted.putIfAbsent("shown/notes/1", utf8("note"));
    const published = memoryStore();
    await published.putIfAbsent("shown/checkpoint", utf8("note"));
    for (const known of [
      servicesWith(signed, memoryStore()),
      servicesWith(noted, memoryStore()),
      servicesWith(memoryStore(), published),
      servicesWith(memoryStore(), memoryStore(), 2),
    ]) {
      expect(await finishOpening(known, "shown")).toBe(false);
      await expect(isOpen(known, "shown")).rejects.toThrow(HalfOpen);
    }
    expect(await finishOpening(next, "shown")).toBe(true);
  });
});

test("a QLDB ledger that has its last table opens no further log, and nothing of one is written", async () => {
  const [signed, published] = [memoryStore(), memoryStore()];
  const [key] = keysOf(1);
  const origin = "local.countersign.example/qldb/ledger";
  const on = { ...servicesWith(signed, published), qldb: { key, origin } } as unknown as Services;
  const held = () => platform.ports.store.insurers();
  const bare = (insurer: string) => ({ ...newLog(insurer), bands: [], packs: [] });
  for (let n = (await held()).length; n < maxLogs; n++) await openLog(on, bare(`log-${n}`));
  expect(await held()).toHaveLength(20);
  await expect(openLog(on, bare("one-too-many"))).rejects.toThrow(HalfOpen);
  expect(await held()).toHaveLength(20);
  for (const store of [signed, published]) {
    for await (const key of store.list("one-too-many/")) throw new Error(`${key} was written`);
  }
  expect(await isOpen(on, "one-too-many")).toBe(false);
});
