import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { orderRelease, releaseOrdered } from "../../functions/payouts/release-orders.ts";
import { collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { hostile } from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { openBank } from "../../local/bank/stub.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { chance } from "../../local/objects/chance.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { createDataKey } from "../command/kms-keys.ts";
import { openInsurer, random, somebody } from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { openPayer, type Setting } from "./payer-ports.ts";
import { approved, released, stateOf } from "./paying.ts";

/*
 * kill -9 of whoever releases as ordered, sends, collects and reconciles, at effects drawn by seed, and of the bank with it: nothing is paid twice, nothing is lost, and exactly
 * the breaks the bank makes are found, each told once in the log.
 */
const insurer = "acme";
const seed = "killed";
const kills = 10;
const perFile = 4;
const count = 28;
/** Payouts whose release is only ordered: whoever dies carries it out. */
const ordered = 16;

let folder: string;
let database: FreshDatabase;
let kms: KmsStub;
let setting: Setting;
let payer: ReturnType<typeof openPayer>;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "payer-"));
  database = await freshDatabase();
  kms = await startKmsStub({ folder: join(folder, "kms") });
  const client = new KMSClient(localClientConfig(kms.endpoint));
  const { keyId: dataKey } = await createDataKey(client);
  client.destroy();
  setting = { databaseUrl: database.url("app"), kmsEndpoint: kms.endpoint, dataKey, folder };
  payer = openPayer(setting);
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await payer?.close();
  await kms?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(program: string, ...args: readonly string[]): ChildProcess {
  const file = join(import.meta.dirname, "../..", program);
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "ignore", "inherit"] });
  running.add(child);
  return child;
}

const startBank = (): ChildProcess =>
  start(
    "local/bank/main.ts",
    ...["--folder", join(folder, "bank"), "--hostile", seed],
    ...["--exchange", join(folder, "exchange"), "--every-ms", "10"],
  );

/** What the log's reconciliations say was opened. */
async function toldOpen(): Promise<string[]> {
  const { store } = payer.commands;
  const row = await store.transaction(insurer, (on) => on.insurer());
  const records = await store.records(insurer, row?.stream ?? "");
  return records
    .map(({ record }) => parseRecord(record))
    .filter(({ type }) => type === "reconciliation.recorded")
    .flatMap(({ body }) => {
      const { opened } = (body as { public: { opened: Record<string, string | null>[] } }).public;
      return opened.map(({ kind, about, message }) => `${kind} ${about ?? ""} ${message ?? ""}`);
    })
    .sort();
}

test("whoever pays may die at any effect, and the bank with it", async () => {
  const { commands, collecting, orders } = payer;
  const ordering = { ...commands, orders };
  const insured = await openInsurer(commands, { insurer, limit: null, paying: true });
  const payouts = await approved(commands, insured, count);
  const act = somebody();
  const window = { opensAt: act.now, closesAt: act.now + 3_600_000_000n };
  for (let from = 0; from < count; from += perFile) {
    const some = payouts.slice(from, from + perFile);
    if (from < ordered) await orderRelease(ordering, insurer, newHandle(random), some, window, act);
    else await released(commands, insurer, some);
  }
  for (let run = 0; run < kills; run++) {
    const bank = startBank();
    // Half of them die while files are released and sent, the others while messages are taken in.
    const dieAt = 1 + Math.floor(chance(seed, "dies at", run) * (run < kills / 2 ? 24 : 60));
    const marker = join(folder, `died-${run}`);
    const child = start(
      "test/reconciliation/payer.ts",
      JSON.stringify({ setting, insurer, dieAt, marker }),
    );
    const gone = once(child, "exit");
    const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const [code, signal] = await gone;
    clearTimeout(patience);
    // One that hangs is killed by us, and has left no mark.
    expect([code, signal, existsSync(marker)]).toEqual([null, "SIGKILL", true]);
    const bankGone = once(bank, "exit");
    bank.kill("SIGKILL");
    await bankGone;
  }
  const bank = openBank(join(folder, "bank"), hostile(seed), commands.clock);
  const exchange = {
    out: folderStore(join(folder, "exchange/out")),
    inbox: folderStore(join(folder, "exchange/in")),
  };
  await releaseOrdered(ordering, insurer, clearly, (_, error) => {
    throw error;
  });
  await sendUnsent(collecting, insurer);
  for (let round = 0; round < 40; round++) {
    await takeTurn(bank, exchange);
    await collect(collecting, insurer);
    if (bank.pending() === 0) break;
  }
  await collect(collecting, insurer, 0n);
  await reconcile(commands, collecting.rows, insurer, 0n);

  // The bank was never given a payment under another name or in another file: that it paid once was not its doing.
  expect(bank.conflicts()).toBe(0);
  const booked = bank.booked();
  const injected = bank.injected().map(({ kind, subject }) => `${kind} ${subject}`);
  bank.close();
  expect(booked.map(({ endToEndId }) => endToEndId.toLowerCase())).toEqual([...payouts].sort());
  const listed = await collecting.rows.list(insurer, "open", 1_000);
  expect(listed.map(({ kind, about, message }) => `${kind} ${about ?? message}`).sort()).toEqual(
    injected.sort(),
  );
  const all = await collecting.rows.list(insurer, "all", 1_000);
  expect(await toldOpen()).toEqual(
    all.map(({ kind, about, message }) => `${kind} ${about ?? ""} ${message ?? ""}`).sort(),
  );
  const wrong = new Set(injected.map((each) => each.split(" ")[1]));
  for (const { endToEndId, debits, credits } of booked) {
    const payout = endToEndId.toLowerCase();
    if (wrong.has(payout)) continue;
    const life = debits === 0 ? "rejected" : credits === 0 ? "settled" : "returned";
    expect([payout, (await stateOf(commands, insurer, payout)).status]).toEqual([payout, life]);
  }
}, 300_000);
