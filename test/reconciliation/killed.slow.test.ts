import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { instantRail } from "../../functions/adapters/rail/instant-rail.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { orderRelease, releaseOrdered } from "../../functions/payouts/release-orders.ts";
import { collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { hostile } from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { serveBank } from "../../local/bank/serve.ts";
import { type BankStub, openBank } from "../../local/bank/stub.ts";
import { chance } from "../../local/faults/chance.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { personOf } from "../../shared/base/actor.ts";
import type { Rail } from "../../shared/ports/rail.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { createDataKey } from "../command/kms-keys.ts";
import { openInsurer, random, somebody } from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { openPayer, type Setting } from "./payer-ports.ts";
import { approved, released, stateOf } from "./paying.ts";

/*
 * kill -9 of whoever releases as ordered, sends, collects and reconciles over either rail, at effects drawn by seed, and of the bank with it: nothing is paid twice, nothing is
 * lost, and exactly the breaks the bank makes are found, each told once in the log.
 */
const seed = "killed";
const kills = 10;
/** Payouts of each insurer, in files of `perFile`; of the first `ordered` the release is only ordered: whoever dies carries it out. */
const byFiles = { insurer: "acme", count: 24, perFile: 4, ordered: 12 };
const byInstants = { insurer: "nimble", count: 8, perFile: 1, ordered: 4 };
const both = [byFiles, byInstants];

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
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  return child;
}

/** Each insurer has a bank of its own, which meets it in folders or at its door. */
const bankOf = ({ insurer }: { readonly insurer: string }): string =>
  join(folder, "banks", insurer);
async function startBank(of: typeof byFiles) {
  const exchange = ["--exchange", join(folder, "exchange"), "--every-ms", "10"];
  const child = start(
    "local/bank/main.ts",
    ...["--folder", bankOf(of), "--hostile", seed],
    ...(of === byFiles ? exchange : []),
  );
  const [line] = await once(child.stdout ?? child, "data");
  return { child, url: (JSON.parse(String(line)) as { readonly url: string }).url };
}

/** What the log's reconciliations say was opened. */
async function toldOpen(insurer: string): Promise<string[]> {
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

/** Approves payouts and releases them, or orders that; gives their handles. */
async function prepared({ insurer, count, perFile, ordered }: typeof byFiles): Promise<string[]> {
  const { commands, orders } = payer;
  const insured = await openInsurer(commands, { insurer, limit: null, paying: true });
  const payouts = await approved(commands, insured, count);
  const act = somebody();
  const person = personOf(act) ?? "";
  await enrol(payer.pool, "issuer", person, { insurer, role: "releaser", person, kind: "person" });
  const window = { opensAt: act.now, closesAt: act.now + 3_600_000_000n };
  for (let from = 0; from < count; from += perFile) {
    const some = payouts.slice(from, from + perFile);
    const file = newHandle(random);
    if (from >= ordered) await released(commands, insurer, some);
    else await orderRelease({ ...commands, orders }, insurer, file, some, window, act);
  }
  return payouts;
}

/** Does what is left to do for one insurer, with nobody dying, until the bank has no more to say. */
async function finished(
  insurer: string,
  rail: Rail,
  bank: BankStub,
  turn: () => Promise<unknown>,
): Promise<void> {
  const { commands, orders } = payer;
  const collecting = { ...payer.collecting, rail };
  await releaseOrdered({ ...commands, orders }, insurer, clearly, (error) => {
    throw error;
  });
  await sendUnsent(collecting, insurer);
  for (let round = 0; round < 40; round++) {
    await turn();
    await collect(collecting, insurer);
    if (bank.pending() === 0) break;
  }
  await collect(collecting, insurer, 0n);
  await reconcile(commands, collecting.rows, insurer, 0n);
}

/** What the bank did is what log and rows say of an insurer's payouts: each once, and every break it made told once. */
async function expectSame(insurer: string, payouts: readonly string[], bank: BankStub) {
  const { commands, collecting } = payer;
  // The bank was never given a payment under another name or in another file: that it paid once was not its doing.
  expect(bank.conflicts()).toBe(0);
  const injected = bank.injected().map(({ kind, subject }) => `${kind} ${subject}`);
  expect(bank.booked().map(({ endToEndId }) => endToEndId.toLowerCase())).toEqual(
    [...payouts].sort(),
  );
  const listed = await collecting.rows.list(insurer, "open", 1_000);
  expect(listed.map(({ kind, about, message }) => `${kind} ${about ?? message}`).sort()).toEqual(
    injected.sort(),
  );
  const all = await collecting.rows.list(insurer, "all", 1_000);
  expect(await toldOpen(insurer)).toEqual(
    all.map(({ kind, about, message }) => `${kind} ${about ?? ""} ${message ?? ""}`).sort(),
  );
  const wrong = new Set(injected.map((each) => each.split(" ")[1]));
  for (const { endToEndId, debits, credits } of bank.booked()) {
    const payout = endToEndId.toLowerCase();
    if (wrong.has(payout)) continue;
    const life = debits === 0 ? "rejected" : credits === 0 ? "settled" : "returned";
    expect([payout, (await stateOf(commands, insurer, payout)).status]).toEqual([payout, life]);
  }
}

/** Starts the banks and whoever pays, which dies at its `dieAt`th effect of these names, or of any; then the banks are killed. */
async function died(run: number, dieAt: number, of: readonly string[]): Promise<void> {
  const banks = await Promise.all(both.map(startBank));
  const insurers = [
    { insurer: byFiles.insurer },
    { insurer: byInstants.insurer, bank: banks[1]?.url },
  ];
  // Each rail goes first in turn.
  if (run % 2 === 1) insurers.reverse();
  const marker = join(folder, `died-${run}`);
  const child = start(
    "test/reconciliation/payer.ts",
    JSON.stringify({ setting, insurers, dieAt, of, marker }),
  );
  const gone = once(child, "exit");
  const patience = setTimeout(() => child.kill("SIGKILL"), 120_000);
  const [code, signal] = await gone;
  clearTimeout(patience);
  // One that hangs is killed by us, and has left no mark.
  expect([code, signal, existsSync(marker)]).toEqual([null, "SIGKILL", true]);
  for (const bank of banks) {
    const bankGone = once(bank.child, "exit");
    bank.child.kill("SIGKILL");
    await bankGone;
  }
}

test("whoever pays may die at any effect, over either rail, and the bank with it", async () => {
  const payouts = [await prepared(byFiles), await prepared(byInstants)];
  for (let run = 0; run < kills; run++) {
    // Half of them die while files are sent, the others anywhere: by then most of it is messages that are taken in.
    const sending = run < kills / 2;
    const dieAt = 1 + Math.floor(chance(seed, "dies at", run) * (sending ? 8 : 60));
    await died(run, dieAt, sending ? ["send", "sent"] : []);
  }
  const bank = openBank(bankOf(byFiles), hostile(seed), wallClock);
  const instant = openBank(bankOf(byInstants), hostile(seed), wallClock);
  const exchange = {
    out: folderStore(join(folder, "exchange/out")),
    inbox: folderStore(join(folder, "exchange/in")),
  };
  const door = await serveBank(instant);
  await finished(byFiles.insurer, payer.collecting.rail, bank, () => takeTurn(bank, exchange));
  await finished(byInstants.insurer, instantRail(door.url), instant, async () => undefined);
  await door.stop();
  await expectSame(byFiles.insurer, payouts[0] ?? [], bank);
  await expectSame(byInstants.insurer, payouts[1] ?? [], instant);
  bank.close();
  instant.close();
}, 600_000);
