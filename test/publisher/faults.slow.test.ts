import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import { noteKey, parseLatest } from "../../functions/signer/latest.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { bundlePath, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import { treeOf } from "../../shared/log/tree.ts";
import type { PendingRecord } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { partKey } from "../../shared/record/sealed-store.ts";
import { losingCommits, sampleRecords } from "../sequencer/sample-log.ts";
import { originOf, type PublishedLog, publishedLog, today } from "./published-log.ts";
import { type WiredWitness, wiredWitness } from "./witness-stubs.ts";

/*
 * The fault table, after the tests of Sunlight's log: every write between the outbox and the published checkpoint fails once, as lost and as kept
 * but reported lost. Whatever it was, the next run, another process on the same stores, continues the same tree.
 */
type Store = "published" | "signed" | "sealed";
type Place = Store | "witness";
type Fault = "lost" | "kept but reported lost";
const faults: readonly Fault[] = ["lost", "kept but reported lost"];

/** Every write of the walk to a store or a witness, in the order of the walk, by the operations that are this write. */
const writes: readonly (readonly [name: string, place: Place, operations: RegExp])[] = [
  ["the signer's mark of what follows a size", "signed", /^put \S+\/after\/\d+$/],
  ["the signer's latest", "signed", /^replace \S+\/latest$/],
  ["the signer's note", "signed", /^put \S+\/notes\/\d+$/],
  ["a full bundle", "published", /^put \S+\/tile\/entries\/\d{3}$/],
  ["a partial bundle", "published", /^put \S+\/tile\/entries\/\d{3}\.p\/\d+$/],
  ["a full tile", "published", /^put \S+\/tile\/0\/\d{3}$/],
  ["a partial tile", "published", /^put \S+\/tile\/[01]\/\d{3}\.p\/\d+$/],
  ["a sealed copy", "sealed", /^put \S+\/1\.person\.financial$/],
  ["sealed leaf hashes", "sealed", /^put \S+\/leaves\/\d+-\d+$/],
  ["the cosignature", "witness", /^ask one$/],
  ["the stored note", "published", /^put \S+\/checkpoints\/\d+$/],
  ["the checkpoint", "published", /^replace \S+\/checkpoint$/],
  ["the edge of the day", "published", /^put \S+\/edges\/\S+$/],
  ["the collecting of a partial", "published", /^delete \S+\.p\/\d+$/],
];

/** One log per row, all in one database. */
const logOf = (row: number, fault: number): string => `row-${row}-${fault}`;
const placing = writes.length;
const allLogs = [...writes, placing].flatMap((_, row) => faults.map((_, i) => logOf(row, i)));

let log: PublishedLog;
let folder: string;
let stores: Record<Store, ObjectStore>;
let witness: WiredWitness;
let keys: readonly VerifierKey[];
beforeAll(async () => {
  log = await publishedLog(...allLogs, "well");
  folder = mkdtempSync(join(tmpdir(), "countersign-faults-"));
  const store = (name: string) => folderStore(join(folder, name), { durable: false });
  stores = { published: store("published"), signed: store("signed"), sealed: store("sealed") };
  keys = (await Promise.all([...allLogs, "well"].map((each) => log.ports.logKeys(each)))).flat();
  witness = await wiredWitness(folder, "one", () => keys);
  for (const each of [...allLogs, "well"]) {
    const { bytes } = (await log.signed.get(`${each}/latest`)) ?? { bytes: new Uint8Array() };
    await stores.signed.putIfAbsent(`${each}/latest`, bytes);
  }
});
afterAll(async () => {
  await witness.stop();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `inner`, telling `seen` of each write before it happens; what `seen` answers is its fault. */
function watched(inner: ObjectStore, seen: (operation: string) => Fault | undefined): ObjectStore {
  async function write<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const fault = seen(operation);
    if (fault === undefined) return call();
    if (fault !== "lost") await call();
    throw new Unavailable("objects", `${fault} (planned fault)`);
  }
  return {
    get: (key) => inner.get(key),
    list: (prefix) => inner.list(prefix),
    putIfAbsent: (key, bytes) => write(`put ${key}`, () => inner.putIfAbsent(key, bytes)),
    replace: (key, bytes, tag) => write(`replace ${key}`, () => inner.replace(key, bytes, tag)),
    delete: (key) => write(`delete ${key}`, () => inner.delete(key)),
  };
}

/** The part of the trust policy that says whose cosignature every checkpoint here needs. */
const quorum = () => ({ witnesses: [witness.line], groups: [], quorum: "one" });

/** The witness over its wire, which loses the request or the answer where `seen` answers so. */
function watchedWitnesses(seen: (operation: string) => Fault | undefined): Witnesses {
  const inner = httpWitnesses(quorum(), patienceMs);
  return {
    ...inner,
    ask: (one, request) => {
      const fault = seen(`ask ${one.name}`);
      if (fault !== undefined) witness.plan(fault === "lost" ? "lost" : "kept but lost");
      return inner.ask(one, request);
    },
  };
}

/** A process of its own on the day `day`: nothing remembered but what the stores hold. */
const processOn = (day: number, seen: (place: Place, operation: string) => Fault | undefined) => {
  const at = (place: Store) => watched(stores[place], (operation) => seen(place, operation));
  const over = { published: at("published"), signed: at("signed"), sealed: at("sealed") };
  const witnesses = watchedWitnesses((operation) => seen("witness", operation));
  const witnessing = witnessingOf(witnesses, stores.signed);
  return { ...log.over(over), witnessing, today: () => today + BigInt(day) } satisfies LogPorts;
};
const unharmed = (day: number): LogPorts => processOn(day, () => undefined);

async function submit(insurer: string, records: readonly PendingRecord[]): Promise<void> {
  await log.submit(records, insurer);
  const { stream } = records[0] ?? { stream: "" };
  await log.owner.query(
    "INSERT INTO sealed_part (insurer, stream, version, person, class, ciphertext) VALUES ($1, $2, 1, 'person', 'financial', $3)",
    [insurer, stream, new Uint8Array([1, 2, 3])],
  );
}

/** No fault here is a witness that is late, so a slow machine is no fault either. */
const patienceMs = 60_000;

const first = 250;
const second = 300;
const third = 5;
const all = (insurer: string) => sampleRecords(first + second + third, 0, insurer);

/** A log of 250 entries; 300 more arrive, and the run that is to publish them meets `ports`; then 5 more, and a process without faults. */
async function walk(insurer: string, ports: LogPorts): Promise<unknown> {
  const records = all(insurer);
  await submit(insurer, records.slice(0, first));
  expect(await advance(unharmed(0), insurer)).toEqual({ placed: first, size: BigInt(first) });
  await submit(insurer, records.slice(first, first + second));
  const met = await advance(ports, insurer).catch((error: unknown) => error);
  await submit(insurer, records.slice(first + second));
  const size = BigInt(records.length);
  expect(await advance(unharmed(1), insurer)).toMatchObject({ size });
  expect(await advance(unharmed(1), insurer)).toEqual({ placed: 0, size });
  return met;
}

const bytesOf = async (place: Store, key: string): Promise<Uint8Array> => {
  const found = await stores[place].get(key);
  if (found === undefined) throw new Error(`${key} is not there`);
  return found.bytes;
};

/** One log, whole: every record once and in order, every note ever kept or published a prefix of its tree, and each published one cosigned. */
async function expectOneTree(insurer: string): Promise<void> {
  const records = all(insurer);
  const { rows } = await log.owner.query<{ idx: bigint; event_id: string }>(
    "SELECT idx, event_id FROM entry WHERE insurer = $1 ORDER BY idx",
    [insurer],
  );
  const expected = records.map(({ eventId }, i) => ({ idx: BigInt(i), event_id: eventId }));
  expect(rows).toEqual(expected);
  const rootAt = (size: bigint) =>
    toHex(treeOf(records.slice(0, Number(size)).map((record) => record.leafHash)).root);
  const size = BigInt(records.length);

  const latest = parseLatest(await bytesOf("signed", `${insurer}/latest`));
  expect({ size: latest.size, root: toHex(latest.root) }).toEqual({ size, root: rootAt(size) });
  const own = keys.filter(({ name }) => name === originOf(insurer));
  const policy = { ...quorum(), logs: own.map((key) => ({ key })) };
  let notes = 0;
  for (const [place, prefix] of [
    ["signed", noteKey(insurer, 0n).replace(/0$/, "")],
    ["published", `${insurer}/checkpoint`],
  ] as const) {
    for await (const key of stores[place].list(prefix)) {
      const asked = place === "published" ? policy : { ...policy, quorum: "none" };
      const checkpoint = verifyCheckpoint(await bytesOf(place, key), asked);
      if ("refused" in checkpoint) throw new Error(`${key}: ${checkpoint.refused}`);
      expect({ key, root: toHex(checkpoint.root) }).toEqual({ key, root: rootAt(checkpoint.size) });
      notes++;
    }
  }
  expect(notes).toBeGreaterThanOrEqual(5);
  await expectPublished(insurer, records);
  const sealed = [0, first, first + second].map((n) => records[n]?.stream ?? "");
  for (const stream of sealed) {
    const key = partKey(insurer, stream, 1n, { person: "person", class: "financial" });
    expect(await bytesOf("sealed", key)).toEqual(new Uint8Array([1, 2, 3]));
  }
}

/** Every tile and bundle of the whole log is there with the only bytes it can have. */
async function expectPublished(insurer: string, records: readonly PendingRecord[]): Promise<void> {
  const tree = treeOf(records.map((record) => record.leafHash));
  for (const id of newTiles(0n, tree.size)) {
    const hashes = tree.subtrees(8 * id.level, id.index * 256n, id.width);
    expect(toHex(await bytesOf("published", `${insurer}/${tilePath(id)}`))).toBe(toHex(hashes));
  }
  for (const id of newBundles(0n, tree.size)) {
    const bundle = await bytesOf("published", `${insurer}/${bundlePath(id)}`);
    const from = Number(id.index) * 256;
    const leaves = records.slice(from, from + id.width).map((record) => toHex(record.leafHash));
    expect(parseBundle(bundle, id.width).map((entry) => toHex(leafHash(entry)))).toEqual(leaves);
  }
}

describe.each(writes.map((write, row) => [...write, row] as const))(
  "%s",
  (_, place, operations, row) => {
    test.each(faults)("%s: the next run continues the same tree", async (fault) => {
      const insurer = logOf(row, faults.indexOf(fault));
      let fired = 0;
      const failing = processOn(1, (at, operation) =>
        at === place && operations.test(operation) && fired++ === 0 ? fault : undefined,
      );
      expect(await walk(insurer, failing)).toBeInstanceOf(Unavailable);
      expect(fired).toBeGreaterThan(0);
      await expectOneTree(insurer);
    });
  },
);

describe("the transaction that places entries", () => {
  test.each(faults)("%s: the next run continues the same tree", async (fault) => {
    const insurer = logOf(placing, faults.indexOf(fault));
    const { pool, loseNext } = losingCommits(log.sequencer);
    loseNext(fault === "lost" ? "lost" : "kept");
    const failing = { ...unharmed(1), engine: log.engine(pool) };
    // It is read back by event id, so the run itself goes on.
    expect(await walk(insurer, failing)).toEqual({ placed: second, size: BigInt(first + second) });
    await expectOneTree(insurer);
  });
});

test("the table has a row for every write of the walk", async () => {
  const unnamed = new Set<string>();
  const named = new Set<string>();
  await walk(
    "well",
    processOn(1, (place, operation) => {
      const row = writes.find(([, at, operations]) => at === place && operations.test(operation));
      (row ? named : unnamed).add(row?.[0] ?? `${place}: ${operation}`);
      return undefined;
    }),
  );
  expect([...unnamed]).toEqual([]);
  expect(writes.map(([name]) => name).filter((name) => !named.has(name))).toEqual([]);
  await expectOneTree("well");
});
