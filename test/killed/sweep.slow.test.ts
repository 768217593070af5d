import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateKeyCommand, type KeySpec, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { migrateUrl } from "../../functions/adapters/postgres/migrate.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { publish } from "../../functions/publisher/core.ts";
import { newestNote } from "../../functions/publisher/signed-note.ts";
import { sequenceAll } from "../../functions/sequencer/core.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { signNewest } from "../../functions/signer/sign-newest.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { createDatabase } from "../../local/postgres/database.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { type Postgres, startPostgres } from "../../local/postgres/start.ts";
import { fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { bundlePath, newBundles, newTiles, tilePath } from "../../shared/log/tile.ts";
import { type Tree, treeOf } from "../../shared/log/tree.ts";
import { openFolder } from "../cli/door.ts";
import { callerOf, openInsurer, submissionOf, submitClaimOf } from "../command/platform.ts";
import { insurer, openStage, type Setting } from "./stage.ts";
import { buildPrograms, deaths, killAgainAndAgain, killWalkers, startProcess } from "./sweep.ts";

/*
 * kill -9 at every step of the walk, while two writers submit claims and two processes that sequence, sign and publish compete; the writers are killed
 * too, and PostgreSQL itself. Nothing is lost, doubled, skipped or shown in two versions.
 */
/** After it no death is planned a second time. */
const sweepMs = 60_000;
let folder: string;
let postgres: Postgres;
let kms: KmsStub;
let setting: Setting;
let stage: ReturnType<typeof openStage>;
let owner: Pool;
let opened: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  folder = openFolder("killed");
  await buildPrograms(join(folder, "programs"));
  postgres = await startPostgres({ folder: join(folder, "postgres"), restartOnCrash: true });
  await createDatabase(postgres.superuserUrl("postgres"), "killed");
  await migrateUrl(postgres.superuserUrl("killed"), { engine: "postgres" });
  kms = await startKmsStub({ folder: join(folder, "kms") });
  const client = new KMSClient(localClientConfig(kms.endpoint));
  const create = async (KeySpec: KeySpec): Promise<string> => {
    const KeyUsage = KeySpec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
    const made = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage }));
    return made.KeyMetadata?.KeyId ?? "";
  };
  setting = {
    urls: {
      app: postgres.url("app", "killed"),
      sequencer: postgres.url("sequencer", "killed"),
      publisher: postgres.url("publisher", "killed"),
    },
    folder,
    kms: {
      endpoint: kms.endpoint,
      data: await create("SYMMETRIC_DEFAULT"),
      ed25519: await create("ECC_NIST_EDWARDS25519"),
      mldsa44: await create("ML_DSA_44"),
    },
  };
  client.destroy();
  owner = openPool({ url: postgres.superuserUrl("killed"), max: 2 });
  stage = openStage(setting);
  opened = await openInsurer(stage.ports, { insurer, limit: null });
  await initSigner(stage.signed, insurer);
  for (const count of seeded) await seed(count);
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await owner?.end();
  await kms?.stop();
  await postgres?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

/** Claims submitted and published before the sweep, in two checkpoints, so that a full tile leaves a partial one to collect. */
const seeded = [100, 160];

async function seed(count: number): Promise<void> {
  const caller = callerOf(insurer, "claimant", opened.insured);
  const submission = submissionOf(opened.policy, 1_000n);
  const all = Array.from({ length: count }, (_, i) => i);
  const submitting = async (): Promise<void> => {
    while (all.pop() !== undefined) await submitClaimOf(stage.ports, caller, submission);
  };
  await Promise.all(Array.from({ length: 4 }, submitting));
  await sequenceAll(stage.walk.engine, insurer);
  await signNewest(stage.walk.engine, stage.walk.gate, insurer);
  const note = await newestNote(stage.signed, insurer);
  const done = await publish({ ...stage.walk, today: () => 0n }, insurer, note ?? utf8(""));
  if ("alarm" in done) throw new Error(done.detail);
}

interface Acknowledged {
  readonly key: string;
  readonly claim: string;
  readonly leafHash: string;
}
const ackFile = (name: string): string => join(folder, `${name}.acknowledged`);
const acknowledgedOf = (name: string): Acknowledged[] =>
  readFileSync(ackFile(name), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line));

/** Every note that anybody could read while it ran, each once. */
async function watchNotes(seen: Set<string>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const found = await stage.published.get(`${insurer}/checkpoint`);
    if (found) seen.add(fromUtf8(found.bytes));
    await sleep(10);
  }
}

/** kill -9 of the postmaster, again and again; it is brought back by who started it. */
async function killPostgres(stop: AbortSignal): Promise<number> {
  for (let kills = 0; ; kills++) {
    await sleep(kills === 0 ? 2_500 : 8_000, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return kills;
    const { pid } = postgres;
    process.kill(pid, "SIGKILL");
    while (postgres.pid === pid && !stop.aborted) await sleep(50);
  }
}

interface EntryRow {
  readonly idx: bigint;
  readonly event_id: string;
  readonly stream: string;
  readonly version: bigint;
  readonly leaf_hash: Uint8Array;
  readonly record: Uint8Array;
}

const countIn = async (text: string): Promise<number> => {
  const { rows } = await owner.query<{ n: bigint }>(text);
  return Number(rows[0]?.n);
};

/** Every note ever kept, published or seen, by where it was found. */
async function* notes(seen: ReadonlySet<string>): AsyncGenerator<readonly [string, Uint8Array]> {
  for (const note of seen) yield ["seen", utf8(note)];
  for (const [store, prefix] of [
    [stage.signed, `${insurer}/notes/`],
    [stage.published, `${insurer}/checkpoint`],
  ] as const) {
    for await (const key of store.list(prefix)) {
      const found = await store.get(key);
      if (found) yield [key, found.bytes];
    }
  }
}

/** How many notes there are; throws where one is not a prefix of `tree`. */
async function requireOneView(
  seen: ReadonlySet<string>,
  tree: Tree,
  leaves: readonly Uint8Array[],
): Promise<number> {
  const keys = await stage.walk.logKeys(insurer);
  const sizes = new Set<bigint>();
  for await (const [where, note] of notes(seen)) {
    const read = openCheckpoint(note, keys);
    if ("refused" in read) throw new Error(`${where}: ${read.refused}`);
    const { size, root } = read.checkpoint;
    const prefix = treeOf(leaves.slice(0, Number(size)));
    expect({ where, size, root: toHex(root) }).toEqual({
      where,
      size: prefix.size,
      root: toHex(prefix.root),
    });
    sizes.add(size);
  }
  expect([...sizes].every((size) => size <= tree.size)).toBe(true);
  return sizes.size;
}

/** Every published tile and bundle has the bytes the entries give it. */
async function requirePublished(tree: Tree, rows: readonly EntryRow[]): Promise<void> {
  const bytesAt = async (path: string): Promise<Uint8Array> => {
    const found = await stage.published.get(`${insurer}/${path}`);
    if (!found) throw new Error(`${path} is not published`);
    return found.bytes;
  };
  for (const id of newTiles(0n, tree.size)) {
    const hashes = tree.subtrees(8 * id.level, id.index * 256n, id.width);
    expect(toHex(await bytesAt(tilePath(id)))).toBe(toHex(hashes));
  }
  for (const id of newBundles(0n, tree.size)) {
    const from = Number(id.index) * 256;
    const leaves = parseBundle(await bytesAt(bundlePath(id)), id.width)
      .map(leafHash)
      .map(toHex);
    const expected = rows.slice(from, from + id.width).map((row) => toHex(row.leaf_hash));
    expect(leaves).toEqual(expected);
  }
}

/** Each stream's versions stand in order, from 1 on, each naming the one before. */
function requireChains(rows: readonly EntryRow[]): void {
  const last = new Map<string, { version: bigint; leaf: string }>();
  for (const { stream, version, leaf_hash, record } of rows) {
    const before = last.get(stream);
    const { prev } = JSON.parse(fromUtf8(record)) as { prev: string | null };
    expect({ stream, version, prev }).toEqual({
      stream,
      version: (before?.version ?? 0n) + 1n,
      prev: before?.leaf ?? null,
    });
    last.set(stream, { version, leaf: toHex(leaf_hash) });
  }
}

test("0 gaps, 0 duplicates, 0 acknowledged lost, 0 split views", async () => {
  const ending = new AbortController();
  const seen = new Set<string>();
  const { policy, insured } = opened;
  const names = ["ada", "ben"];
  const writers = names.map((name) =>
    killAgainAndAgain(
      () => startProcess("writer", { setting, name, policy, insured, acknowledged: ackFile(name) }),
      8_000,
      ending.signal,
    ),
  );
  const others = [watchNotes(seen, ending.signal), killPostgres(ending.signal)] as const;
  const queue = deaths();
  const planned = queue.length;
  const swept = await Promise.race([
    killWalkers(setting, queue, 2, Date.now() + sweepMs),
    Promise.all(writers).then(() => {
      throw new Error("the writers ended first");
    }),
  ]);
  ending.abort();
  const writersKilled = (await Promise.all(writers)).reduce((sum, kills) => sum + kills);
  const postgresKilled = (await Promise.all(others))[1];
  expect(swept.alarms).toEqual([]);
  expect(swept.missed).toEqual([]);
  expect(swept.died).toHaveLength(planned);

  // One more process, unharmed, finishes what they left.
  const walk = { ...stage.walk, today: () => 30_000n };
  for (let placed = 1; placed > 0; ) {
    const step = await advance(walk, insurer);
    if ("alarm" in step) throw new Error(step.detail);
    placed = step.placed;
  }
  const { rows } = await owner.query<EntryRow>(
    "SELECT idx, event_id, stream, version, leaf_hash, record FROM entry ORDER BY idx",
  );
  const leaves = rows.map((row) => row.leaf_hash);
  const tree = treeOf(leaves);

  expect(rows.map(({ idx }) => idx)).toEqual(rows.map((_, i) => BigInt(i)));
  expect(new Set(rows.map((row) => row.event_id)).size).toBe(rows.length);
  expect(await countIn("SELECT count(*) AS n FROM outbox")).toBe(0);
  for (const { record, leaf_hash } of rows) expect(toHex(leafHash(record))).toBe(toHex(leaf_hash));

  const acknowledged = names.flatMap(acknowledgedOf);
  const placedLeaves = new Map<string, number>();
  for (const leaf of leaves.map(toHex)) placedLeaves.set(leaf, (placedLeaves.get(leaf) ?? 0) + 1);
  expect(acknowledged.filter(({ leafHash }) => placedLeaves.get(leafHash) !== 1)).toEqual([]);
  expect(new Set(acknowledged.map(({ claim }) => claim)).size).toBe(acknowledged.length);
  expect(new Set(acknowledged.map(({ key }) => key)).size).toBe(acknowledged.length);
  // A key that was sent again after a kill made one claim; each writer has at most one more that it never heard of.
  const claims =
    (await countIn("SELECT count(*) AS n FROM claim")) - seeded.reduce((sum, count) => sum + count);
  expect(await countIn("SELECT count(*) AS n FROM idempotency")).toBe(
    await countIn("SELECT count(*) AS n FROM claim"),
  );
  expect(claims - acknowledged.length).toBeLessThanOrEqual(names.length);
  expect(claims).toBeGreaterThanOrEqual(acknowledged.length);

  requireChains(rows);
  const noteSizes = await requireOneView(seen, tree, leaves);
  await requirePublished(tree, rows);
  expect(toHex((await stage.walk.engine.digest(insurer))?.root ?? new Uint8Array())).toBe(
    toHex(tree.root),
  );
  expect(Math.min(writersKilled, postgresKilled, acknowledged.length)).toBeGreaterThan(0);
  process.stdout.write(
    `kill sweep: ${swept.died.length} walkers killed, one at each of ${planned} places, ${writersKilled} writers, PostgreSQL ${postgresKilled} times; ${rows.length} entries, ${acknowledged.length} acknowledged, ${noteSizes} sizes signed (${seen.size} seen while it ran): 0 gaps, 0 duplicates, 0 acknowledged lost, 0 split views\n`,
  );
}, 400_000);
