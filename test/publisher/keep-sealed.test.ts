import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { advance } from "../../functions/publisher/advance.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { leavesKey, parseLeavesKey, partKey } from "../../shared/record/sealed-store.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { type PublishedLog, publishedLog } from "./published-log.ts";

let log: PublishedLog;
beforeEach(async () => {
  log = await publishedLog("acme");
});
afterEach(() => log.close());

const [person, staff] = ["person", "staff"];
const leavesOf = (n: number): Buffer => Buffer.alloc(64, n);
const cipherOf = (n: number, who: string): Buffer => Buffer.from(`sealed ${n} of ${who}`);
const keyOf = (n: number, who: string): string =>
  partKey("acme", `a-stream-${n}`, 1n, { person: who, class: "financial" });

/** Records `first` to `first + count` with two ciphertexts and two leaf hashes each; every fifth is public. */
async function submit(count: number, first = 0): Promise<void> {
  const records = sampleRecords(count, first);
  const sealed = records.filter((_, i) => (first + i) % 5 !== 0);
  for (const { stream } of sealed) {
    const n = Number(stream.split("-").at(-1));
    await log.owner.query("INSERT INTO sealed_leaves VALUES ('acme', $1, 1, $2)", [
      stream,
      leavesOf(n),
    ]);
    for (const who of [person, staff]) {
      await log.owner.query("INSERT INTO sealed_part VALUES ('acme', $1, 1, $2, 'financial', $3)", [
        stream,
        who,
        cipherOf(n, who),
      ]);
    }
  }
  await log.submit(records);
}

const keys = async (store: ObjectStore): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of store.list("")) all.push(key);
  return all;
};
const at = async (key: string) => Buffer.from((await log.sealed.get(key))?.bytes ?? []);

/** Everything the records below `size` seal is in the sealed store, byte for byte, and nothing else. */
async function expectKept(size: number): Promise<void> {
  const numbers = Array.from({ length: size }, (_, n) => n);
  const sealed = numbers.filter((n) => n % 5 !== 0);
  for (const n of sealed) {
    for (const who of [person, staff]) expect(await at(keyOf(n, who))).toEqual(cipherOf(n, who));
  }
  const ranges = (await keys(log.sealed))
    .filter((key) => key.startsWith("acme/leaves/"))
    .map((key) => parseLeavesKey("acme", key))
    .sort((a, b) => Number(a.start - b.start));
  expect(ranges[0]?.start).toBe(0n);
  expect(ranges.map(({ end }) => end)).toEqual([
    ...ranges.slice(1).map(({ start }) => start),
    BigInt(size),
  ]);
  for (const range of ranges) {
    const own = sealed.filter((n) => range.start <= n && n < range.end).map(leavesOf);
    expect(await at(leavesKey("acme", range))).toEqual(Buffer.concat(own));
  }
  const parts = (await keys(log.sealed)).filter((key) => !key.startsWith("acme/leaves/"));
  expect(parts).toEqual(sealed.flatMap((n) => [keyOf(n, person), keyOf(n, staff)]).sort());
}

test("what records seal is in the sealed store before a checkpoint that covers them is shown", async () => {
  const missing: string[] = [];
  const published: ObjectStore = {
    ...log.published,
    replace: async (key, bytes, held) => {
      if ((await keys(log.sealed)).length === 0) missing.push(key);
      return log.published.replace(key, bytes, held);
    },
  };
  let size = 0;
  for (const count of [3, 7, 600, 1]) {
    await submit(count, size);
    size += count;
    expect(await advance(log.over({ published }), "acme")).toMatchObject({ size: BigInt(size) });
    await expectKept(size);
  }
  expect(missing).toEqual([]);
});

test("killed after any of its writes, the next step keeps the same bytes", async () => {
  await submit(8);
  for (let allowed = 0; ; allowed++) {
    let left = allowed;
    const sealed: ObjectStore = {
      ...log.sealed,
      putIfAbsent: async (key, bytes) => {
        if (left-- <= 0) throw new Unavailable("sealed", "killed");
        return log.sealed.putIfAbsent(key, bytes);
      },
    };
    const step = await advance(log.over({ sealed }), "acme").catch((error: unknown) => error);
    if (!(step instanceof Unavailable)) break;
    expect(await log.published.get("acme/checkpoint")).toBeUndefined();
    expect(await log.published.get("acme/checkpoints/8")).toBeUndefined();
  }
  await expectKept(8);
});

test("other bytes where a ciphertext belongs: an alarm, they stay, and no checkpoint is shown", async () => {
  await submit(4);
  await log.sealed.putIfAbsent(keyOf(2, staff), utf8("other"));
  expect(await advance(log.ports, "acme")).toEqual({
    alarm: "other-bytes",
    detail: `${keyOf(2, staff)} is there with other bytes`,
  });
  expect(await at(keyOf(2, staff))).toEqual(Buffer.from("other"));
  expect(await log.published.get("acme/checkpoint")).toBeUndefined();
});

test("what was erased is not put, and does not come back when the log grows in the same bundle", async () => {
  await submit(4);
  await log.owner.query("DELETE FROM sealed_part WHERE stream = 'a-stream-1' AND person = 'staff'");
  await advance(log.ports, "acme");
  expect(await log.sealed.get(keyOf(1, staff))).toBeUndefined();
  expect(await at(keyOf(1, person))).toEqual(cipherOf(1, person));
  await log.sealed.delete(keyOf(2, person));
  await submit(3, 4);
  expect(await advance(log.ports, "acme")).toMatchObject({ size: 7n });
  expect(await log.sealed.get(keyOf(2, person))).toBeUndefined();
  expect(await at(keyOf(6, person))).toEqual(cipherOf(6, person));
});
