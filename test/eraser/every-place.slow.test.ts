import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { carryOut } from "../../functions/eraser/core.ts";
import { replayErasures } from "../../functions/eraser/replay.ts";
import { approve, request } from "../../functions/eraser/requests.ts";
import { subOf } from "../../local/issuer/users.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { logKeys } from "../../local/platform/open-log.ts";
import { seedInsurer } from "../../local/platform/seed.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { openFolder } from "../cli/door.ts";
import { Amina } from "../platform/caller.ts";
import { dataOf, type Running, start } from "../platform/running.ts";
import { signedIn } from "../policy/sample.ts";
import { cancelOn, stepOn } from "./ends.ts";
import { columnsOf, filesIn, formsOf, knownColumns, opened, standing } from "./places.ts";

/* One claim with values that stand nowhere else: every place they are ever written to, before its person is erased and after. */
const narrative = "Quetzalcoatlus northropi fell upon my greenhouse";
const account = "CN77QUETZAL4242";
const service = "resetting of a pterosaur-broken clavicle";
const amount = "27182.81";
const clientKey = "quetzal-key-9271";
const insurer = seedInsurer;
const salts: string[] = [];

let folder: string;
let backup: string;
let running: Running | undefined;
let services: Services | undefined;
let claim: string;
let person: string;
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
    payee: { account },
    diagnoses: [],
  };
  const sent = await amina.send(JSON.stringify(stated), clientKey);
  if (sent.status !== 201) throw new Error(`${sent.status} ${sent.text}`);
  claim = sent.json.claim;
  for (const { salt } of sent.json.openings) salts.push(salt);
  await amina.receipt({ key: "", claim, leafHash: sent.json.record.leafHash });
  await running.stop();
  running = undefined;
  person = JSON.parse(readFileSync(join(folder, "seed.json"), "utf8")).persons.amina;
}, 120_000);
afterAll(async () => {
  await running?.stop();
  await services?.stop();
  removeCluster(join(folder, "postgres"));
  for (const each of [folder, backup]) rmSync(each, { recursive: true, force: true });
}, 30_000);

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
afterEach(() => close(), 30_000);
const values = () => [narrative, account, service, amount, clientKey, ...salts];
const forms = () => values().flatMap((value) => formsOf(value));
/** The platform's folder and, where it lies apart, the database's. */
const places = () => {
  const data = dataOf(folder);
  return data.startsWith(folder) ? [folder] : [folder, data];
};
const staff = (): Caller => ({
  insurer,
  role: "operator",
  person: newHandle((bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
  kind: "person",
  credential: signedIn,
});
const openedValues = async (on: Services): Promise<string[]> => {
  const found: string[] = [];
  for (const [place, text] of await opened(on, insurer)) {
    if (values().some((value) => text.includes(value))) found.push(place);
  }
  return found.sort();
};

/** Withdraws the claim, cancels the policy. */
async function endAll({ ports }: Services, policy: string): Promise<void> {
  const ended = [
    await stepOn(ports, staff(), claim, "withdraw"),
    await cancelOn(ports, staff(), policy),
  ];
  for (const done of ended) if (isRefusal(done)) throw new Error(done.detail);
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

const sealedPlaces = ["part claim", "row claim", "sealed claim"];

test("every table and column is known; before, the values stand nowhere in plain and open with the keys", async () => {
  const on = await open();
  expect(await columnsOf(on)).toEqual(knownColumns);
  expect(await standing(on, places(), forms())).toEqual([]);
  expect(await openedValues(on)).toEqual(expect.arrayContaining(sealedPlaces));
  // The scan does find what stands somewhere.
  const known = await standing(on, places(), formsOf(subOf("amina")));
  expect(known).toContain("table principal");
  expect(filesIn(folder, formsOf(person)).length).toBeGreaterThan(0);
  const { policy } = JSON.parse(readFileSync(join(folder, "seed.json"), "utf8"));
  await endAll(on, policy);
  await drain(on);
  await close();
  copy(folder, backup);
  copyDatabase(dataOf(folder), join(backup, "data"));
}, 60_000);

test("after the erasure nothing opens: not here, not in a copy of database and private store taken before", async () => {
  const on = await open();
  const now = () => on.ports.clock();
  const asked = await request(
    on.ports,
    staff(),
    person,
    ["identity-and-health", "financial"],
    now(),
  );
  const yes = await approve(on.ports, staff(), person, now());
  for (const done of [asked, yes]) if (isRefusal(done)) throw new Error(done.detail);
  expect(await carryOut(on.ports, on.eraser, insurer, person)).toMatchObject({ places: 2 });
  await drain(on);
  expect(await standing(on, places(), forms())).toEqual([]);
  expect(await openedValues(on)).toEqual([]);
  const left = await standing(on, [folder], formsOf(subOf("amina")));
  expect(left.filter((place) => place.startsWith("table"))).toEqual([]);
  expect(readFileSync(join(folder, "seed.json"), "utf8")).not.toContain(person);
  expect(filesIn(backup, forms())).toEqual([]);
  await close();
}, 60_000);

test("a copy from before, database, private store and keys, opens again; the replay erases it before anything is served", async () => {
  copy(backup, folder);
  copyDatabase(join(backup, "data"), dataOf(folder));
  const on = await open();
  expect(await openedValues(on)).toEqual(expect.arrayContaining(sealedPlaces));
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
}, 90_000);
