import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { publishedStore } from "../../functions/adapters/objects/published.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { Tended } from "../../functions/publisher/ports.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { isLive } from "../../shared/api/log-path.ts";
import { formatDay } from "../../shared/base/day.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { bundlePath, partialTiles, tilePath } from "../../shared/log/tile.ts";
import { rootFromTiles } from "../../shared/log/tile-reader.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { type PublishedLog, publishedLog, today } from "./published-log.ts";

let log: PublishedLog;
beforeEach(async () => {
  log = await publishedLog("acme");
});
afterEach(() => log.close());

let placed = 0;
beforeEach(() => {
  placed = 0;
});
async function grow(count: number, ports = log.ports) {
  await log.submit(sampleRecords(count, placed));
  placed += count;
  return advance(ports, "acme");
}
const keys = async (store: ObjectStore = log.published, prefix = "acme/"): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of store.list(prefix)) all.push(key.slice("acme/".length));
  return all;
};
const partials = async (): Promise<string[]> =>
  (await keys()).filter((key) => key.startsWith("tile/") && key.includes(".p/"));
const bytesAt = async (key: string, store = log.published): Promise<Uint8Array> => {
  const found = await store.get(`acme/${key}`);
  if (found === undefined) throw new Error(`${key} is not published`);
  return found.bytes;
};
const reading = (get: (key: string, found: Uint8Array | undefined) => Uint8Array | undefined) => {
  const changed: ObjectStore = {
    ...log.published,
    get: async (key) => {
      const found = await log.published.get(key);
      const bytes = get(key.slice("acme/".length), found?.bytes);
      return bytes && { bytes, tag: found?.tag ?? "" };
    },
  };
  return log.over({ published: changed });
};

test("a partial tile or bundle goes only once the full one is there, whole, and begins with its bytes", async () => {
  await grow(200);
  const before = ["tile/0/000.p/200", "tile/entries/000.p/200"];
  expect(await partials()).toEqual(before);
  for (const full of ["tile/0/000", "tile/entries/000"]) {
    for (const broken of [
      () => undefined,
      (bytes: Uint8Array) => bytes.slice(0, -1),
      (bytes: Uint8Array) => bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    ]) {
      const over = reading((key, found) => (key === full && found ? broken(found) : found));
      expect(await grow(100, over)).toMatchObject({ alarm: "other-bytes" });
      expect(await partials()).toEqual(expect.arrayContaining([`${full}.p/200`]));
    }
  }
  expect(await grow(1)).toMatchObject({ size: BigInt(placed) });
  const left = await partials();
  expect(left).not.toEqual(expect.arrayContaining([before[0]]));
  expect(left.every((key) => /\/003\.p\/|\/1\/000\.p\//.test(key))).toBe(true);
});

test("many are collected over several steps; a kill between two leaves the rest for the next process", async () => {
  const tended = new Map<string, Tended>();
  await grow(255);
  const [tile, bundle] = [
    await bytesAt("tile/0/000.p/255"),
    await bytesAt("tile/entries/000.p/255"),
  ];
  let offset = 0;
  for (let width = 1; width < 255; width++) {
    await log.published.putIfAbsent(`acme/tile/0/000.p/${width}`, tile.slice(0, 32 * width));
    offset += 2 + (bundle[offset] ?? 0) * 256 + (bundle[offset + 1] ?? 0);
    await log.published.putIfAbsent(`acme/tile/entries/000.p/${width}`, bundle.slice(0, offset));
  }
  let deletes = 10;
  const dying: ObjectStore = {
    ...log.published,
    delete: async (key) => {
      if (deletes-- === 0) throw new Unavailable("published", "killed");
      return log.published.delete(key);
    },
  };
  await expect(grow(1, log.over({ published: dying }))).rejects.toThrow(Unavailable);
  expect(await partials()).toHaveLength(501);
  const ports = { ...log.ports, tended };
  expect(await advance(ports, "acme")).toMatchObject({ size: 256n });
  expect(await partials()).toHaveLength(501 - 256);
  expect(await advance(ports, "acme")).toMatchObject({ size: 256n });
  expect(await partials()).toEqual(["tile/1/000.p/1"]);
  expect(await log.published.get("acme/tile/entries/000")).toBeDefined();
});

test("the edge of each day is kept where nothing is deleted: with it the full tiles are the whole log", async () => {
  await grow(300);
  let day = today;
  const ports = { ...log.ports, today: () => day };
  await grow(40, ports);
  day += 1n;
  await grow(3, ports);
  await advance(ports, "acme");
  const first = (await keys()).filter((key) => key.startsWith(`edges/${formatDay(today)}/`));
  expect(first).toHaveLength(4);
  for (const key of await keys())
    if (isLive(`acme/${key}`)) await log.published.delete(`acme/${key}`);
  expect(
    (await keys()).filter((key) => key.includes(".p/")).every((key) => key.startsWith("edges/")),
  ).toBe(true);
  for (const [edge, size] of [
    [`edges/${formatDay(today)}`, 300n],
    [`edges/${formatDay(day)}`, 343n],
  ] as const) {
    const opened = openCheckpoint(await bytesAt(`${edge}/checkpoint`), log.logKeys);
    if ("refused" in opened) throw new Error(opened.refused);
    expect(opened.checkpoint.size).toBe(size);
    const at = (path: string) => bytesAt(path.includes(".p/") ? `${edge}/${path}` : path);
    expect(await rootFromTiles(size, (id) => at(tilePath(id)))).toEqual(opened.checkpoint.root);
    const [last] = partialTiles(size);
    expect(last && (await at(bundlePath(last))).length).toBeGreaterThan(0);
  }
});

test.each([
  ["tile/0/000.p/40", 40],
  ["tile/entries/000.p/40", 40],
  ["tile/1/000.p/1", 300],
])("a changed %s is not kept as the day's edge", async (changed, size) => {
  await grow(size);
  const day = today + 1n;
  const over = reading((key, found) =>
    key === changed ? found?.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) : found,
  );
  const alarm = await advance({ ...over, today: () => day }, "acme");
  expect(alarm).toMatchObject({ alarm: "root-mismatch" });
  expect((await keys()).filter((key) => key.startsWith(`edges/${formatDay(day)}`))).toEqual([]);
});

test("in two stores, nothing in the locked one is ever deleted or replaced, and readers see one layout", async () => {
  const [locked, live] = [memoryStore(), memoryStore()];
  const { delete: _, replace: __, ...putOnly } = locked;
  const both = publishedStore(putOnly, live);
  for (const count of [3, 250, 301]) {
    expect(await grow(count, log.over({ published: both, live }))).not.toHaveProperty("alarm");
  }
  const [inLocked, inLive] = [await keys(locked), await keys(live)];
  expect(inLive).toEqual([
    "checkpoint",
    "tile/0/002.p/42",
    "tile/1/000.p/2",
    "tile/entries/002.p/42",
  ]);
  expect(inLocked).toEqual(
    expect.arrayContaining(["tile/0/001", "tile/entries/001", "checkpoints/554"]),
  );
  expect(await keys(both)).toEqual([...inLocked, ...inLive].sort());
  await expect(both.delete("acme/tile/0/000")).rejects.toThrow("never deleted");
  await expect(both.replace("acme/checkpoints/3", new Uint8Array(1), "x")).rejects.toThrow(
    "put once",
  );
});
