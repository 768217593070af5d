import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { advance } from "../../functions/publisher/advance.ts";
import { signNewest } from "../../functions/signer/sign-newest.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { OtherHistory, requireOneHistory } from "../../local/platform/one-history.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { originOf, type PublishedLog, publishedLog } from "../publisher/published-log.ts";
import { type SampleLog, sampleLog, sampleRecords } from "../sequencer/sample-log.ts";

/* A log of 300 entries, published and signed, beside databases from other times or other places. */
const published = 300;
let log: PublishedLog;
let older: { published: ObjectStore; signed: ObjectStore };
beforeAll(async () => {
  log = await publishedLog();
  await log.submit(sampleRecords(200));
  await advance(log.ports, "acme");
  older = { published: await copyOf(log.published), signed: await copyOf(log.signed) };
  await log.submit(sampleRecords(100, 200));
  expect(await advance(log.ports, "acme")).toMatchObject({ size: 300n });
});
afterAll(() => log.close());

let database: SampleLog | undefined;
afterEach(async () => {
  await database?.close();
  database = undefined;
});

async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = memoryStore();
  for await (const key of store.list("")) {
    const found = await store.get(key);
    if (found) await copy.putIfAbsent(key, found.bytes);
  }
  return copy;
}

const contents = async (store: ObjectStore): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of store.list("")) all.push(`${key} ${(await store.get(key))?.tag}`);
  return all;
};

/** Starts over this log's stores with a database of its own that holds `count` entries; the one at `altered` is another. */
async function startWith(
  count: number,
  { altered = -1, stores = {} as { published?: ObjectStore; signed?: ObjectStore } } = {},
): Promise<void> {
  database = await sampleLog();
  const records = sampleRecords(count);
  const [other] = sampleRecords(1, 9_999, "b");
  const held = records.map((record, i) =>
    i === altered && other ? { ...other, ord: record.ord, eventId: record.eventId } : record,
  );
  if (count > 0) await database.submit(held);
  const engine = database.engine();
  while ((await engine.sequence("acme")).length > 0);
  const ports = { ...log.over(stores), engine };
  const [signed, shown] = [stores.signed ?? log.signed, stores.published ?? log.published];
  const before = [await contents(signed), await contents(shown)];
  try {
    await requireOneHistory(ports, "acme", originOf("acme"));
  } finally {
    expect([await contents(signed), await contents(shown)]).toEqual(before);
  }
}

describe("a start", () => {
  test.each([
    ["the database as it was when it was published", published],
    ["more in the database, not yet signed: a crash", published + 57],
  ])("goes on with %s", async (_, count) => {
    await startWith(count);
  });

  test("goes on where a note was signed and not published: a crash", async () => {
    await startWith(published, { stores: { published: older.published } });
  });

  test.each([
    [
      "a database restored to an older copy",
      () => startWith(200),
      `The database holds 200 entries of the log ${originOf("acme")}, fewer than the signer's store (300) and the published checkpoint (300)`,
    ],
    ["a database that lost its log", () => startWith(0), "The database holds 0 entries"],
    [
      "a signer that is ahead, whatever is published",
      () => startWith(250, { stores: { published: older.published } }),
      "fewer than the signer's store (300): it is older",
    ],
    [
      "published files that are ahead, though the signer's store forgot",
      () => startWith(250, { stores: { signed: older.signed } }),
      "fewer than the published checkpoint (300): it is older",
    ],
    [
      "another entry at the same size",
      () => startWith(published, { altered: 299 }),
      `do not continue those of the signer's store (300) and the published checkpoint (300)`,
    ],
    [
      "a larger log that the published one is no prefix of",
      () => startWith(published + 100, { altered: 3 }),
      `The 400 entries of the log ${originOf("acme")} in the database do not continue`,
    ],
    [
      "a signer's store that is behind what is published",
      () => startWith(published, { stores: { signed: older.signed } }),
      "The signer's store knows size 200",
    ],
  ])("is refused with %s, and changes nothing", async (_, start, sentence) => {
    const asked = start();
    await expect(asked).rejects.toThrow(OtherHistory);
    await expect(asked).rejects.toThrow(sentence);
  });

  test("goes on with a new log, and with one whose first note is not published yet", async () => {
    const fresh = await publishedLog("new");
    try {
      const start = () => requireOneHistory(fresh.ports, "new", originOf("new"));
      await start();
      await fresh.submit(sampleRecords(3), "new");
      await start();
      await fresh.ports.engine.sequence("new");
      await signNewest(fresh.ports.engine, fresh.ports.gate, "new");
      await start();
    } finally {
      await fresh.close();
    }
  });
});
