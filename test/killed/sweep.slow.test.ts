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
import { leafHash } from "../../shared/log/hash.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { openFolder } from "../cli/door.ts";
import { callerOf, openInsurer, submissionOf, submitClaimOf } from "../command/platform.ts";
import { type WiredWitness, wiredWitness } from "../publisher/witness-stubs.ts";
import { insurer, openStage, quorumOf, type Setting } from "./stage.ts";
import { buildPrograms, deaths, killAgainAndAgain, killWalkers, startProcess } from "./sweep.ts";
import { type EntryRow, requireChains, requireOneView, requirePublished } from "./whole-log.ts";

/*
 * kill -9 at every step of the walk, while two writers submit claims and two processes that sequence, sign, have cosigned and publish compete; the
 * writers are killed too, and PostgreSQL itself. Nothing is lost, doubled, skipped or shown in two versions.
 */
/** After it no death is planned again: a machine at rest needs a quarter of it. */
const sweepMs = 240_000;
/** PostgreSQL is started again 20 times at most. */
const mostPostgresKills = 12;
let folder: string;
let postgres: Postgres;
let kms: KmsStub;
let witness: WiredWitness;
let logKeys: readonly VerifierKey[] = [];
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
  witness = await wiredWitness(folder, "one", () => logKeys);
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
    witness: { key: formatVerifierKey(witness.line.key), url: witness.line.url ?? "" },
  };
  client.destroy();
  owner = openPool({ url: postgres.superuserUrl("killed"), max: 2 });
  stage = openStage(setting);
  logKeys = await stage.walk.logKeys(insurer);
  opened = await openInsurer(stage.ports, { insurer, limit: null });
  await initSigner(stage.signed, insurer);
  for (const count of seeded) await seed(count);
});
afterAll(async () => {
  await stage?.close();
  await owner?.end();
  await witness?.stop();
  await kms?.stop();
  await postgres?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

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
  for (let [kills, restMs] = [0, 2_500]; ; kills++) {
    await sleep(restMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted || kills === mostPostgresKills) return kills;
    const { pid } = postgres;
    const killedAt = Date.now();
    process.kill(pid, "SIGKILL");
    // Waited for even where the sweep is over: what follows reads the database.
    const gone = postgres.exited.then(() => "gone" as const);
    while (postgres.pid === pid) {
      if ((await Promise.race([gone, sleep(50)])) === "gone") throw new Error("no PostgreSQL");
    }
    // However slow the machine is, it is up for longer than it was away.
    restMs = Math.max(8_000, 3 * (Date.now() - killedAt));
  }
}

const countIn = async (text: string): Promise<number> => {
  const { rows } = await owner.query<{ n: bigint }>(text);
  return Number(rows[0]?.n);
};

/** The writers by name. */
const names = ["ada", "ben"];

/** One sweep: every death of the walkers once, writers and PostgreSQL killed meanwhile. Whatever becomes of it, nothing of it runs on. */
async function sweepOnce(seen: Set<string>) {
  const ending = new AbortController();
  const { policy, insured } = opened;
  const writers = names.map((name) =>
    killAgainAndAgain(
      () => startProcess("writer", { setting, name, policy, insured, acknowledged: ackFile(name) }),
      8_000,
      ending.signal,
    ),
  );
  const watched = watchNotes(seen, ending.signal);
  const postgresKills = killPostgres(ending.signal);
  const queue = deaths();
  const planned = queue.length;
  const sweeping = killWalkers(setting, queue, 2, Date.now() + sweepMs, ending.signal);
  const beside = [...writers, watched, postgresKills];
  const endedEarly = Promise.all(beside).then(() => {
    throw new Error("what runs beside the walkers ended first");
  });
  try {
    const swept = await Promise.race([sweeping, endedEarly]);
    ending.abort();
    const writersKilled = (await Promise.all(writers)).reduce((sum, kills) => sum + kills);
    await watched;
    return { swept, planned, writersKilled, postgresKilled: await postgresKills };
  } finally {
    ending.abort();
    await Promise.allSettled([sweeping, endedEarly, ...beside]);
  }
}

/** One more process, unharmed, finishes what they left; connections that died with PostgreSQL it makes again. */
async function finish(): Promise<void> {
  const walk = { ...stage.walk, today: () => 30_000n };
  for (let [placed, outages] = [1, 0]; placed > 0; ) {
    try {
      const step = await advance(walk, insurer);
      if ("alarm" in step) throw new Error(step.detail);
      placed = step.placed;
    } catch (error) {
      if (!(error instanceof Unavailable) || outages++ > 50) throw error;
      await sleep(100);
    }
  }
}

test("0 gaps, 0 duplicates, 0 acknowledged lost, 0 split views", async () => {
  const seen = new Set<string>();
  const { swept, planned, writersKilled, postgresKilled } = await sweepOnce(seen);
  expect(swept.alarms).toEqual([]);
  expect(swept.missed).toEqual([]);
  expect(swept.died).toHaveLength(planned);

  await finish();
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
  const noteSizes = await requireOneView(stage, quorumOf(setting), seen, leaves);
  await requirePublished(stage, tree, rows);
  expect(toHex((await stage.walk.engine.digest(insurer))?.root ?? new Uint8Array())).toBe(
    toHex(tree.root),
  );
  expect(Math.min(writersKilled, postgresKilled, acknowledged.length)).toBeGreaterThan(0);
  process.stdout.write(
    `kill sweep: ${swept.died.length} walkers killed, one at each of ${planned} places, ${writersKilled} writers, PostgreSQL ${postgresKilled} times; ${rows.length} entries, ${acknowledged.length} acknowledged, ${noteSizes} sizes signed (${seen.size} seen while it ran): 0 gaps, 0 duplicates, 0 acknowledged lost, 0 split views\n`,
  );
}, 600_000);
