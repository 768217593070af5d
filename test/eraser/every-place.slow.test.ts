import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { closeFor, newAuditorKey } from "../../functions/auditor/envelope.ts";
import { exportLog } from "../../functions/auditor/export-log.ts";
import { actOf } from "../../functions/command/act.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { carryOut } from "../../functions/eraser/core.ts";
import { replayErasures } from "../../functions/eraser/replay.ts";
import { approve, setRetention } from "../../functions/eraser/requests.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { writerInto } from "../../local/bundle/writer.ts";
import { machineToken, personToken } from "../../local/issuer/ask.ts";
import { clientSecret } from "../../local/issuer/client-secret.ts";
import { subOf } from "../../local/issuer/users.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { logKeys } from "../../local/platform/open-log.ts";
import { startPeriodic } from "../../local/platform/periodic.ts";
import { seedInsurer } from "../../local/platform/seed.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { Opening } from "../../shared/record/sealed.ts";
import { openFolder, runDoor } from "../cli/door.ts";
import { bankSays } from "../command/bank-says.ts";
import { clearly } from "../payout/sample.ts";
import { Amina } from "../platform/caller.ts";
import { dataOf, type Running, start } from "../platform/running.ts";
import { cancelOn, someOperator, stepOn } from "./ends.ts";
import { formsOf } from "./forms.ts";
import {
  columnsOf,
  filesIn,
  guessed,
  keptLeaves,
  knownColumns,
  knownFolders,
  opened,
  standing,
} from "./places.ts";

/* One claim, ruled on and paid, with values that stand nowhere else: every place they are ever written to, before its person is erased and after. */
const narrative = "Quetzalcoatlus northropi fell upon my greenhouse";
const account = "CN77QUETZAL4242";
const service = "resetting of a pterosaur-broken clavicle";
const amount = "27182.81";
const award = "13579.24";
const reason = "the pterosaur was seen by the whole street";
const [clientKey, ruledKey] = ["quetzal-key-9271", "quetzal-ruling-4410"];
const insurer = seedInsurer;
const salts: string[] = [];
const fields: Opening[] = [];

let folder: string;
let backup: string;
let running: Running | undefined;
let services: Services | undefined;
let claim: string;
let person: string;
let adjuster: string;
beforeAll(async () => {
  folder = openFolder("every-place");
  backup = openFolder("every-place-backup");
  running = await start(folder);
  const amina = new Amina(running);
  const money = { amount, currency: "CNY" };
  const stated = {
    ...amina.claim(),
    narrative,
    lines: [{ service, claimed: money }],
    payee: { name: "Somebody", account },
    diagnoses: [],
  };
  const sent = await amina.send(JSON.stringify(stated), clientKey);
  if (sent.status !== 201) throw new Error(`${sent.status} ${sent.text}`);
  claim = sent.json.claim;
  const ruled = await rule(running, amina);
  // Who ruled is Bruno's own, and stays.
  const ofAmina = ruled.openings.filter(({ path }: Opening) => path !== "by");
  for (const { salt, path, value } of [...sent.json.openings, ...ofAmina]) {
    salts.push(salt);
    if (typeof value !== "boolean" && value !== null) fields.push({ salt, path, value });
  }
  await amina.receipt({ key: "", claim, leafHash: ruled.record.leafHash });
  await running.stop();
  running = undefined;
  const { persons } = JSON.parse(readFileSync(join(folder, "seed.json"), "utf8"));
  [person, adjuster] = [persons.amina, persons.bruno];
});
afterAll(async () => {
  await running?.stop();
  await services?.stop();
  removeCluster(join(folder, "postgres"));
  for (const each of [folder, backup]) rmSync(each, { recursive: true, force: true });
});

/** Bruno awards part of it, once the pack has referred the claim. */
async function rule({ url, issuerUrl }: Running, amina: Amina) {
  for (;;) {
    const { json } = await amina.ask("GET", `/claims/${claim}`);
    if (json.status === "referred") break;
    await sleep(100);
  }
  const authorization = `Bearer ${await personToken(issuerUrl, "bruno")}`;
  const seen = await fetch(`${url}/claims/${claim}`, { headers: { authorization } });
  const etag = seen.headers.get("etag") ?? '"unseen"';
  const answer = await fetch(`${url}/claims/${claim}/decisions`, {
    method: "POST",
    headers: {
      authorization,
      "content-type": "application/json",
      "idempotency-key": ruledKey,
      "if-match": etag,
    },
    body: JSON.stringify({
      outcome: "PAY_PART",
      amount: { amount: award, currency: "CNY" },
      reasonCode: "GOODWILL",
      reason,
      fileOpenedAt: formatInstant(BigInt(Date.now()) * 1000n),
      documentsOpened: [],
    }),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`${answer.status} ${text}`);
  return JSON.parse(text);
}

const open = async (): Promise<Services> => {
  services = await startServices({
    folder,
    database: mainDatabase,
    databaseUrl: undefined,
    originPrefix: "local.countersign.example",
    durablePublished: true,
    log: () => undefined,
  });
  return services;
};
const close = async (): Promise<void> => {
  await services?.stop();
  services = undefined;
};
afterEach(() => close());
const minor = award.replace(".", "");
const values = () => [
  ...[narrative, account, service, amount, award, minor, reason, clientKey, ruledKey],
  ...salts,
];
/** Each value, and each sealed field as it is hashed: with its salt. */
const forms = () => [
  ...values().flatMap((value) => formsOf(value)),
  ...fields.flatMap(({ salt, path, value }) => formsOf([salt, path, value])),
];
/** The platform's folder and, where it lies apart, the database's. */
const places = () => {
  const data = dataOf(folder);
  return data.startsWith(folder) ? [folder] : [folder, data];
};
const staff = (): Caller => someOperator({ random: randomBytes }, insurer);
const asked = () => {
  const keys = join(folder, "keys", insurer);
  return [
    { caller: person, key: clientKey, keys },
    { caller: adjuster, key: ruledKey, keys },
  ];
};
const openedValues = async (on: Services): Promise<string[]> => {
  const found: string[] = [];
  for (const [place, text] of await opened(on, insurer, asked())) {
    if (values().some((value) => text.includes(value))) found.push(place);
  }
  return found.sort();
};

/** Pays the award, closes the claim, cancels the policy. */
async function endAll({ ports }: Services, policy: string): Promise<void> {
  const [payout = ""] = await ports.store.payoutsOf(insurer, claim);
  await screenAndApprove(ports, insurer, payout, clearly);
  const act = actOf(staff(), ports.clock());
  const file = newHandle(ports.random);
  const ended = [
    await releaseFile(ports, insurer, file, [payout], clearly, act),
    await recordReports(ports, insurer, await bankSays(ports, insurer, [payout], "settled")),
    await stepOn(ports, staff(), claim, "close"),
    await cancelOn(ports, staff(), policy),
  ];
  for (const done of ended) if (isRefusal(done)) throw new Error(done.detail);
}

/** An audit bundle made now, closed for an auditor or in plain. */
async function exported(
  on: Services,
  name: string,
  close?: (bytes: Uint8Array) => Promise<Uint8Array>,
) {
  const to = join(backup, name);
  const { keys, cipher } = on.ports;
  const from = { rows: exportRows(on.pools.auditor), published: on.published, keys, cipher };
  await exportLog({ ...from, ...(close && { close }) }, insurer, writerInto(to), () => undefined);
  return to;
}
/** Which true fields can be found among all leaf hashes that are kept, with every salt a key still opens and those in `more`. */
async function guessable(on: Services, more: readonly string[] = []): Promise<string[]> {
  const texts = [...(await opened(on, insurer, asked())).values()].join(" ");
  const left = texts.match(/[A-Za-z0-9+/]{43}=/g) ?? [];
  return guessed(await keptLeaves(on, insurer), fields, new Set([...left, ...more, ""]));
}

async function drain(on: Services): Promise<void> {
  const ledger = startLedger(
    on,
    async () => [insurer],
    () => undefined,
  );
  await ledger.drain([insurer], () => undefined);
  await ledger.stop();
}

/** What a copy of the platform's data taken now holds; PostgreSQL must be stopped. */
const copy = (from: string, to: string) => {
  for (const part of ["keys", "sealed"]) {
    rmSync(join(to, part), { recursive: true, force: true });
    cpSync(join(from, part), join(to, part), { recursive: true });
  }
};
const copyDatabase = (from: string, to: string) => {
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
};

/** Where the values stand, closed, while the person is there. */
const closedPlaces = [
  ...["accumulator claim", "accumulator policy", "part claim", "part payout", "reply"],
  ...["row claim", "row payout", "sealed claim", "sealed payout"],
];

test("every table, column and folder is known; before, the values stand nowhere in plain and open with the keys", async () => {
  // A folder is made when something first lies in it.
  expect(readdirSync(folder).filter((name) => !knownFolders.includes(name))).toEqual([]);
  const on = await open();
  expect(await columnsOf(on)).toEqual(knownColumns);
  const { policy } = JSON.parse(readFileSync(join(folder, "seed.json"), "utf8"));
  await endAll(on, policy);
  await drain(on);
  expect(await standing(on, places(), forms())).toEqual([]);
  expect(await openedValues(on)).toEqual(closedPlaces);
  // The scan does find what stands somewhere, and guessing does find a field whose salt is known.
  const known = await standing(on, places(), formsOf(subOf("amina")));
  expect(known).toContain("table principal");
  expect(filesIn(folder, formsOf(person)).length).toBeGreaterThan(0);
  expect(filesIn(await exported(on, "plain"), forms()).length).toBeGreaterThan(0);
  const { public: auditor } = await newAuditorKey();
  const closed = await exported(on, "closed", (bytes) => closeFor(auditor, bytes));
  expect(filesIn(closed, forms())).toEqual([]);
  expect((await guessable(on)).length).toBeGreaterThan(10);
  rmSync(join(backup, "plain"), { recursive: true });
  await close();
  copy(folder, backup);
  copyDatabase(dataOf(folder), join(backup, "data"));
});

test("after the erasure nothing opens: not here, not in a copy of database and private store taken before", async () => {
  const on = await open();
  const now = () => on.ports.clock();
  const schedule = partClasses.map((each) => ({ class: each, days: 0n }));
  const machine = { kind: "machine", now: now() } as const;
  expect(isRefusal(await setRetention(on.ports, insurer, schedule, machine))).toBe(false);
  const said: string[] = [];
  const stop = startPeriodic(
    on,
    folder,
    () => undefined,
    (line) => said.push(line),
  );
  while (!said.some((line) => line.includes("1 erasures are due"))) await sleep(50);
  await stop();
  const yes = await approve(on.ports, staff(), person, now());
  if (isRefusal(yes)) throw new Error(yes.detail);
  expect(await carryOut(on.ports, on.eraser, insurer, person)).toMatchObject({ places: 3 });
  await drain(on);
  expect(await standing(on, places(), forms())).toEqual([]);
  expect(await openedValues(on)).toEqual([]);
  expect(await guessable(on)).toEqual([]);
  expect((await guessable(on, salts)).length).toBeGreaterThan(10);
  expect(filesIn(await exported(on, "after"), forms())).toEqual([]);
  const left = await standing(on, [folder], formsOf(subOf("amina")));
  expect(left.filter((place) => place.startsWith("table"))).toEqual([]);
  expect(readFileSync(join(folder, "seed.json"), "utf8")).not.toContain(person);
  const keys = partClasses.map((each) => join(folder, "keys", insurer, person, each));
  expect(keys.filter((key) => existsSync(key))).toEqual([]);
  expect(filesIn(backup, forms())).toEqual([]);
  await close();
});

test("a copy from before, database, private store and keys, opens again; the replay erases it before anything is served", async () => {
  copy(backup, folder);
  copyDatabase(join(backup, "data"), dataOf(folder));
  const on = await open();
  expect(await openedValues(on)).toEqual(expect.arrayContaining(closedPlaces));
  const keys = await logKeys(on, insurer);
  expect(await replayErasures(on.eraser, on.published, insurer, keys)).toEqual({ replayed: 1 });
  expect(await openedValues(on)).toEqual([]);
  const principals = await standing(on, [folder], formsOf(subOf("amina")));
  expect(principals.filter((place) => place.startsWith("table"))).toEqual([]);
  await close();
  // The database is behind the published log, so a start refuses it: what it holds was erased by then.
  copy(backup, folder);
  await expect(start(folder)).rejects.toThrow(/older than they are/);
  const again = await open();
  expect(await openedValues(again)).toEqual([]);
});

test("the database lost, keys and private store put back from before: rebuilt, the platform starts, erases again, goes on, and its audit is true", async () => {
  copy(backup, folder);
  removeCluster(join(folder, "postgres"));
  const rebuilt = await runDoor(["rebuild", "--data", folder]);
  const said = rebuilt.stdout + rebuilt.stderr;
  expect([rebuilt.code, said]).toEqual([0, expect.stringContaining("✓ example-mutual")]);
  running = await start(folder);
  expect(running.printed() + running.complained()).toContain("1 recorded erasures replayed");
  const { policy } = JSON.parse(readFileSync(join(folder, "seed.json"), "utf8"));
  expect(await intake(running, { policy, onBehalfOf: person })).toMatchObject({ status: 422 });
  expect(await intake(running, { onBehalfOf: person })).toMatchObject({ status: 410 });
  const other = await intake(running, { onBehalfOf: "7".repeat(32) });
  expect(other.status).toBe(201);
  await published(running, other.json.record.leafHash);
  const at = (name: string): string => join(backup, name);
  await runDoor(["audit", "key", at("auditor")]);
  const key = ["--to", at("auditor.pub.jwk"), "--out", at("bundle")];
  expect((await runDoor(["audit", "export", "--data", folder, ...key])).code).toBe(0);
  const trust = ["--policy", running.policyFile, "--key", at("auditor.jwk"), "--json"];
  const verdict = JSON.parse((await runDoor(["audit", "verify", at("bundle"), ...trust])).stdout);
  expect(verdict).toMatchObject({ ok: true, anchored: true, findings: [], holes: 0 });
  expect(verdict.erased).toBeGreaterThan(0);
  await running.stop();
  running = undefined;
  const on = await open();
  expect(await standing(on, places(), forms())).toEqual([]);
  expect(await openedValues(on)).toEqual([]);
}, 600_000);

/** What the clinic states for somebody. */
async function intake({ url, issuerUrl }: Running, more: Record<string, string>) {
  const claimed = { amount: "1.00", currency: "CNY" };
  const stated = {
    ...{ insurer, event: "illness", lossDate: "2024-03-05", diagnoses: [] },
    ...{
      lines: [{ service: "visit", claimed }],
      payee: { name: "Clinic", account: "CN00CLINIC0001" },
    },
  };
  const answer = await fetch(`${url}/claims`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await clinicToken(issuerUrl)}`,
      "content-type": "application/json",
      "idempotency-key": newHandle(randomBytes),
    },
    body: JSON.stringify({ ...stated, ...more }),
  });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}

const clinicToken = (issuerUrl: string): Promise<string> =>
  machineToken(issuerUrl, "clinic", clientSecret(join(folder, "issuer"), "clinic"));

/** Waits until a checkpoint that is shown covers the record. */
async function published({ url, issuerUrl }: Running, leafHash: string): Promise<void> {
  const authorization = `Bearer ${await clinicToken(issuerUrl)}`;
  for (let status = 202; status !== 200; ) {
    const headers = { authorization, prefer: "wait=10" };
    ({ status } = await fetch(`${url}/records/${leafHash}/receipt`, { headers }));
    if (status !== 200 && status !== 202) throw new Error(`no receipt: ${status}`);
  }
}
