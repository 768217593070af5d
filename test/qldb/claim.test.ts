import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { nothingSigned } from "../../functions/signer/core.ts";
import { follow } from "../../functions/signer/follow.ts";
import { ensureLedger } from "../../local/platform/ensure-ledger.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import { parseRecord } from "../../shared/record/record.ts";
import {
  callerOf,
  openInsurer,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "../command/platform.ts";

/* One claim on the second engine: the same commands and outbox, placed through QLDB's own driver instead of tiles. */
let platform: TestPlatform;
let folder: string;
let stub: QldbStub;
let clients: QldbClients;
let pool: Pool;
beforeAll(async () => {
  platform = await startPlatform();
  folder = await mkdtemp(join(tmpdir(), "qldb-claim-"));
  stub = await startQldbStub({ folder });
  clients = qldbClients(localClientConfig(stub.endpoint), "countersign");
  await ensureLedger(clients);
  pool = openPool({ url: platform.url("sequencer"), max: 2 });
});
afterAll(async () => {
  await pool.end();
  clients.close();
  await stub.stop();
  await platform.close();
  await rm(folder, { recursive: true });
});

test("a claim is submitted, decided, placed in the ledger, and each of its records proves against the digest", async () => {
  const { insurer, policy, terms } = await openInsurer(platform.ports);
  const outbox = postgresPending(pool, platform.ports.clock);
  const engine = qldbEngine({ clients, outbox });
  await engine.sequence(insurer);
  const before = await engine.digest(insurer);
  const intake = callerOf(insurer, "intake");
  const submission = { ...submissionOf(policy, 1_000n, 600n), onBehalfOf: terms.insured };
  const claim = await submitClaimOf(platform.ports, intake, submission);
  await adjudicate(platform.ports, insurer, claim);
  const records = await platform.ports.store.records(insurer, claim);
  expect(records.map(({ record }) => parseRecord(record).type)).toEqual([
    "claim.submitted",
    "claim.decided",
  ]);

  const waiting = await outbox.first(insurer, 10);
  expect(waiting.map(({ stream }) => stream)).toEqual(expect.arrayContaining([claim]));
  const placed = await engine.sequence(insurer);
  expect(placed.map(({ eventId }) => eventId)).toEqual(waiting.map(({ eventId }) => eventId));
  expect(await outbox.first(insurer, 10)).toEqual([]);

  const after = await engine.digest(insurer);
  if (!before || !after) throw new Error("the ledger has no digest");
  const held = await follow(engine, insurer, nothingSigned, before);
  if (!held) throw new Error("the first digest is that of the journal's blocks");
  expect(await follow(engine, insurer, held, after)).toMatchObject(after);
  const [submitted, decided] = records;
  if (!submitted || !decided) throw new Error("the claim has two records");
  for (const { record, leafHash } of records) {
    expect(await engine.prove(insurer, leafHash, before)).toBeUndefined();
    const proof = await engine.prove(insurer, leafHash, after);
    if (!proof) throw new Error("the record is not proven");
    expect(engine.verify(record, proof, after)).toBe(true);
    expect(engine.verify(record, proof, before)).toBe(false);
    const other = record === submitted.record ? decided : submitted;
    expect(engine.verify(other.record, proof, after)).toBe(false);
  }
});
