import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { nothingSigned } from "../../functions/signer/core.ts";
import { follow } from "../../functions/signer/follow.ts";
import { ensureLedger } from "../../local/platform/ensure-ledger.ts";
import type { LedgerDigest, LedgerState } from "../../shared/ports/ledger.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { contractLog, records } from "../contract/ledger.ts";
import { memoryOutbox } from "../qldb/memory-outbox.ts";

const rounds = 6;
const folder = await mkdtemp(join(tmpdir(), "qldb-kill-"));
let child: ChildProcess | undefined;

afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

async function start(): Promise<QldbClients> {
  const script = join(import.meta.dirname, "../qldb/stub-process.ts");
  child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout!, "data");
  return qldbClients(localClientConfig(String(line).trim()), "countersign");
}

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

test("killed again and again while it commits, the ledger keeps what it acknowledged, once", async () => {
  const waiting = records(rounds * 10);
  const placed = new Map<string, bigint>();
  const digests: LedgerDigest[] = [];
  const memory = memoryOutbox(contractLog);
  memory.add(waiting);
  const outbox = { ...memory, first: (log: string) => memory.first(log, 3) };
  for (let round = 0; placed.size < waiting.length; round++) {
    const clients = await start();
    const engine = qldbEngine({ clients, outbox });
    const killer = round < rounds ? setTimeout(kill, 40 + 45 * round) : undefined;
    try {
      await ensureLedger(clients);
      while (placed.size < waiting.length) {
        for (const { eventId, position } of await engine.sequence(contractLog)) {
          placed.set(eventId, position);
        }
        const digest = await engine.digest(contractLog);
        if (digest !== undefined) digests.push(digest);
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    clearTimeout(killer);
    await kill();
    clients.close();
  }
  const clients = await start();
  const engine = qldbEngine({ clients, outbox });
  const now = (await engine.digest(contractLog))!;
  for (const { eventId, leafHash, record } of waiting) {
    const proof = (await engine.prove(contractLog, leafHash, now))!;
    expect(proof.position).toBe(placed.get(eventId));
    expect(engine.verify(record, proof, now)).toBe(true);
  }
  const rows = await clients.driver.executeLambda(async (transaction) =>
    (await transaction.execute("SELECT eventId FROM log_acme_health")).getResultList(),
  );
  expect(rows).toHaveLength(waiting.length);
  let signed: LedgerState = nothingSigned;
  for (const digest of [...digests, now]) {
    const next = await follow(engine, contractLog, signed, digest);
    if (next === undefined) throw new Error(`${digest.size} is no extension of ${signed.size}`);
    signed = next;
  }
  clients.close();
});
