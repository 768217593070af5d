import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { maxWaiting, roomKeeper } from "../../functions/adapters/postgres/backlog.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { sequenceAll } from "../../functions/sequencer/core.ts";
import { personToken } from "../../local/issuer/ask.ts";
import { localUser, subOf } from "../../local/issuer/users.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { type Http, startHttp } from "../../local/platform/http.ts";
import { workOnce } from "../../local/platform/jobs.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { callerOf, openInsurer, startPlatform, type TestPlatform } from "../command/platform.ts";
import { everything } from "../command/rows.ts";
import { noDocuments, noJobs } from "../http/documents.ts";

/* The sequencer stands still, over HTTP: what the log can't take soon is turned away, nothing else is. */
const open = (insurer: string) => openInsurer(platform.ports, { insurer, limit: null });
let platform: TestPlatform;
let folder: string;
let owner: Pool;
let sequencer: Pool;
let app: Pool;
let http: Http;
let token: string;
let acme: Awaited<ReturnType<typeof open>>;
let beta: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  platform = await startPlatform();
  folder = mkdtempSync(join(tmpdir(), "countersign-backlog-"));
  owner = openPool({ url: platform.superuserUrl, max: 1 });
  app = openPool({ url: platform.url("app"), max: 4 });
  sequencer = openPool({ url: platform.url("sequencer"), max: 2 });
  http = await startHttp({
    // A process of its own: it has seen no room yet.
    ports: { ...platform.ports, store: postgresStore(app) },
    pool: app,
    evidence: noDocuments,
    published: platform.published,
    auditing: memoryStore(),
    insurerJobs: noJobs(),
    issuerFolder: folder,
    port: 0,
    issuerPort: 0,
    users: [localUser("amina", "claimant")],
    log: { info: () => {}, error: () => {} },
    wake: () => {},
  });
  [acme, beta] = [await open("acme"), await open("beta")];
  for (const { insurer, insured } of [acme, beta]) {
    const caller = callerOf(insurer, "claimant", insured);
    await enrol(app, http.issuer.issuer, subOf("amina"), caller);
  }
  token = await personToken(http.issuer.url, "amina");
});
afterAll(async () => {
  await http.stop();
  await Promise.all([owner, sequencer, app].map((pool) => pool.end()));
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, init: { method?: string; key?: string; body?: object } = {}) =>
  fetch(`${http.url}${path}`, {
    method: init.method ?? "GET",
    headers: {
      authorization: `Bearer ${token}`,
      ...(init.body ? { "content-type": "application/json" } : {}),
      ...(init.key ? { "idempotency-key": init.key } : {}),
    },
    ...(init.body ? { body: JSON.stringify(init.body) } : {}),
  });

const submit = ({ insurer, policy }: typeof acme, key: string) =>
  ask("/claims", {
    method: "POST",
    key,
    body: {
      insurer,
      policy,
      event: "illness",
      lossDate: "2021-03-04",
      diagnoses: [],
      lines: [{ service: "surgery", claimed: { amount: "10.00", currency: "USD" } }],
      payee: { name: "Test Payee", account: "NL91ABNA0417164300" },
    },
  });

/** Records of nobody in acme's outbox, until exactly `total` wait. */
async function fillTo(total: number): Promise<void> {
  await owner.query(
    `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
     SELECT 'acme', 1000 + n, 'filler-' || n, 'filler-' || n, 1, $2::bytea, $2::bytea
     FROM generate_series(1, $1::int - (SELECT count(*) FROM outbox WHERE insurer = 'acme')::int) AS n`,
    [total, new Uint8Array(32)],
  );
}

const screening = async () => ({ list: "none", result: "clear" }) as const;
const unexpected = (_: string, { alarm }: { alarm: string }): never => {
  throw new Error(`an alarm: ${alarm}`);
};

test("a claim whose row was changed is an alarm that names it, and holds up no other", async () => {
  const claimOf = async (key: string): Promise<string> =>
    ((await (await submit(beta, key)).json()) as { claim: string }).claim;
  const changed = await claimOf("to-be-changed");
  const whole = await claimOf("left-alone");
  const swap = `UPDATE claim SET state = $2 WHERE stream = $1 RETURNING state`;
  const { rows } = await owner.query<{ state: string }>(
    "SELECT state FROM claim WHERE stream = $1",
    [whole],
  );
  await owner.query(swap, [changed, rows[0]?.state]);
  const told: string[] = [];
  await workOnce(platform.ports, ["beta"], screening, (insurer, { alarm, detail }) => {
    told.push(`${insurer} ${alarm} ${detail}`);
  });
  expect(told).toEqual([`beta row-altered claim ${changed}: what its row says can't be read`]);
  const waiting = await platform.ports.store.waiting("beta", "claim", "submitted", 5);
  expect(waiting).toEqual([changed]);
  await owner.query("DELETE FROM claim WHERE stream = $1", [changed]);
});

test("with the sequencer stopped, commands are taken up to the stated backlog, then 503 with Retry-After; drained, all goes on", async () => {
  await fillTo(maxWaiting - 1);
  const last = await submit(acme, "the-last-that-fits");
  expect(last.status).toBe(201);
  const taken = await last.text();

  const before = await everything(platform.superuserUrl);
  const refused = await submit(acme, "one-too-many");
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ type: "urn:countersign:problem:unavailable" });
  expect(await everything(platform.superuserUrl)).toEqual(before);

  // What was acknowledged is still answered, and read; another log takes claims.
  const again = await submit(acme, "the-last-that-fits");
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(await again.text()).toBe(taken);
  expect((await ask(`/claims/${JSON.parse(taken).claim}`)).status).toBe(200);
  const elsewhere = await submit(beta, "another-log");
  expect(elsewhere.status).toBe(201);

  // The jobs of the full log wait; those of the other don't wait for it.
  const starting = { ...platform.ports, store: postgresStore(app) };
  const jobs = workOnce(starting, ["acme", "beta"], screening, unexpected);
  await expect(jobs).rejects.toThrow(Unavailable);
  await expect(platform.ports.store.waiting("acme", "claim", "submitted", 5)).resolves.toHaveLength(
    1,
  );
  await expect(platform.ports.store.waiting("beta", "claim", "submitted", 5)).resolves.toEqual([]);

  const engine = tlogEngine({ pool: sequencer, clock: platform.ports.clock });
  expect(await sequenceAll(engine, "acme")).toBe(maxWaiting);
  const retried = await submit(acme, "one-too-many");
  expect(retried.status).toBe(201);
  expect(retried.headers.get("idempotency-replayed")).toBeNull();
});

test("a process that saw room takes a 64th of it unasked, and then sees that there is none", async () => {
  const engine = tlogEngine({ pool: sequencer, clock: platform.ports.clock });
  await sequenceAll(engine, "beta");
  const requireRoom = roomKeeper(130);
  await requireRoom(app, "beta", 1);
  await owner.query(
    `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
     SELECT 'beta', 1000 + n, 'more-' || n, 'more-' || n, 1, $1::bytea, $1::bytea
     FROM generate_series(1, 130) AS n`,
    [new Uint8Array(32)],
  );
  await requireRoom(app, "beta", 2);
  await expect(requireRoom(app, "beta", 1)).rejects.toThrow("130 records wait");
  await expect(roomKeeper(131)(app, "beta", 1)).resolves.toBeUndefined();
  await expect(roomKeeper(130)(app, "beta", 1)).rejects.toThrow("130 records wait");
});
