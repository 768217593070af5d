import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { publishPackVersion } from "../../functions/operator/publish-pack.ts";
import { exportHere, policyFolder, writeBundle, writePolicies } from "../../local/demo/bundle.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { openLog } from "../../local/platform/open-log.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { originPrefix } from "../../local/platform/start.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { ask } from "../auditor/folder.ts";
import { ended, openFolder } from "../cli/door.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { holdOutbox } from "../cluster/hold.ts";
import {
  callerOf,
  machine,
  random,
  somebody,
  submissionOf,
  submitClaimOf,
} from "../command/platform.ts";
import { terms } from "../policy/sample.ts";
import { amendedPlan } from "./amended-plan.ts";

const insurer = "acme";
const referred = 60;
let folder: string;
let database: FreshDatabase;
let services: Services;
let pack: string;
const claims: string[] = [];

beforeAll(async () => {
  folder = openFolder("readjudicated");
  database = await freshDatabase();
  const databaseUrl = database.superuserUrl;
  const place = { folder, database: mainDatabase, databaseUrl, originPrefix };
  services = await startServices({ ...place, durablePublished: true, log: () => undefined });
  [pack = ""] = await openLog(services, {
    insurer,
    kind: "insurer",
    simulation: false,
    currency: "USD",
    bands: [{ upTo: 100_000n, approvers: 0n }],
    packs: [planSchedule],
  });
  // A policy each, so that claims do not wait for one another.
  for (let n = 0; n < referred; n++) {
    const [policy, insured] = [newHandle(random), newHandle(random)];
    const parties = [{ role: "insured", person: insured } as const];
    const issued = { ...terms({ limit: null, pack }), insured, parties };
    await addPolicy(services.ports, insurer, policy, issued, machine());
    const claimant = callerOf(insurer, "claimant", insured);
    claims.push(await submitClaimOf(services.ports, claimant, submissionOf(policy, 5_000n)));
  }
  expect(await adjudicateWaiting(services.ports, insurer, referred, 8)).toBe(referred);
  const published = publishPackVersion(
    services.ports,
    insurer,
    pack,
    amendedPlan(),
    newHandle(random),
    somebody(),
  );
  expect(isRefusal(await published)).toBe(false);
}, 600_000);
afterAll(async () => {
  await services?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const waiting = () => services.ports.store.claimsIn(insurer, "referred");

function start(): ChildProcess {
  const program = join(import.meta.dirname, "readjudicator.ts");
  const asked = ["--insurer", insurer, "--pack", planSchedule.id, "--data", folder, "--json"];
  return spawn(process.execPath, [program, "readjudicate", ...asked], {
    env: { ...process.env, DATABASE_URL: database.superuserUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Kills it as soon as it has decided at least `some` more claims, which is before it has decided all; gives how many are left. */
async function killAfter(some: number): Promise<number> {
  const before = await waiting();
  // A decision and its payout are two rows; of those under way at once each may still see room.
  const hold = await holdOutbox(database.superuserUrl, 2 * some);
  const child = start();
  const gone = once(child, "exit");
  while ((await waiting()) > before - some && child.exitCode === null) await sleep(2);
  child.kill("SIGKILL");
  const [, signal] = await gone;
  expect(signal).toBe("SIGKILL");
  await hold.release();
  return waiting();
}

test("kill -9 in the middle, twice: the next run does what is left, each claim is decided again once, and the log is whole", async () => {
  const first = await killAfter(5);
  expect(first).toBeGreaterThan(5);
  const second = await killAfter(5);
  expect(second).toBeGreaterThan(0);
  const last = await ended(start());
  expect([last.code, last.stderr]).toEqual([0, ""]);
  expect(JSON.parse(last.stdout)).toMatchObject({
    version: "2",
    decided: { PAY: second, PAY_PART: 0, REFER: 0 },
    left: 0,
  });
  const again = await ended(start());
  expect(JSON.parse(again.stdout)).toMatchObject({ decided: { PAY: 0, REFER: 0 }, left: 0 });
  const { store } = services.ports;
  for (const claim of claims) {
    const types = (await store.records(insurer, claim)).map(({ version }) => version);
    expect([claim, types, (await store.payoutsOf(insurer, claim)).length]).toEqual([
      claim,
      [1n, 2n, 3n],
      1,
    ]);
  }
  const ledger = startLedger(
    services,
    async () => [insurer],
    () => undefined,
  );
  await ledger.drain([insurer], () => undefined);
  await ledger.stop();
  const out = join(folder, "bundle");
  const exportLogs = exportHere(services, services.pools.auditor);
  await writeBundle(exportLogs, [insurer], out, () => undefined);
  await writePolicies(services, [insurer], policyFolder(out));
  const { json } = await ask("verify", out, "--policy", policyFolder(out), "--json");
  const decisions = 2 * referred;
  expect(json).toMatchObject({ ok: true, decisions, reexecuted: decisions, findings: [] });
}, 600_000);
