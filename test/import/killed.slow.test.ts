import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { exportHere, policyFolder, writeBundle, writePolicies } from "../../local/demo/bundle.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { openLog } from "../../local/platform/open-log.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { originPrefix } from "../../local/platform/start.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { ask } from "../auditor/folder.ts";
import { ended, openFolder } from "../cli/door.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { holdOutbox } from "../cluster/hold.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { writeExport } from "../qldb/exported.ts";
import { documentOf, journalOf } from "./journal.ts";

const insurer = "acme";
const documents = 60;
/** What an import records in one transaction. */
const batch = 50;
/** Each document is inserted, then changed. */
const versions = [0, 1].flatMap((version) =>
  Array.from({ length: documents }, (_, n) => [
    { document: documentOf(n), version, data: `{n:${n},version:${version}}` },
  ]),
);
let folder: string;
let archive: string;
let database: FreshDatabase;
let services: Services;

beforeAll(async () => {
  folder = openFolder("import-killed");
  archive = temporaryFolder("archive");
  writeExport(archive, journalOf(versions), "ION_BINARY", 100);
  database = await freshDatabase();
  const place = { folder, database: mainDatabase, databaseUrl: database.superuserUrl };
  const how = { originPrefix, durablePublished: true, log: () => undefined };
  services = await startServices({ ...place, ...how });
  const plain = { kind: "insurer", simulation: false, currency: "USD", bands: [] } as const;
  await openLog(services, { insurer, ...plain, packs: [] });
}, 600_000);
afterAll(async () => {
  await services?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function recorded(): Promise<number> {
  const { rows } = await services.pools.app.query<{ records: bigint }>(
    "SELECT count(*) AS records FROM outbox WHERE insurer = $1",
    [insurer],
  );
  return Number(rows[0]?.records) - 1;
}

function start(): ChildProcess {
  const program = join(import.meta.dirname, "importer.ts");
  const asked = [archive, "--insurer", insurer, "--data", folder, "--json"];
  return spawn(process.execPath, [program, "qldb", ...asked], {
    env: { ...process.env, DATABASE_URL: database.superuserUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Kills it once it has recorded a batch, in its next one; gives how many are recorded. */
async function killInTheMiddle(): Promise<number> {
  const before = await recorded();
  const hold = await holdOutbox(database.superuserUrl, batch);
  const child = start();
  const gone = once(child, "exit");
  while ((await recorded()) === before && child.exitCode === null) await sleep(2);
  child.kill("SIGKILL");
  const [, signal] = await gone;
  expect(signal).toBe("SIGKILL");
  await hold.release();
  return recorded();
}

test("kill -9 in the middle, twice: the next run records what is left, each revision once, and the log is whole", async () => {
  const all = versions.length;
  const first = await killInTheMiddle();
  const second = await killInTheMiddle();
  expect([first, second]).toEqual([batch, 2 * batch]);
  const last = await ended(start());
  expect([last.code, last.stderr]).toEqual([0, ""]);
  expect(JSON.parse(last.stdout)).toMatchObject({ recorded: all - second, already: second });
  expect(await recorded()).toBe(all + 1);
  const ledger = startLedger(
    services,
    async () => [insurer],
    () => undefined,
  );
  await ledger.drain([insurer], () => undefined);
  await ledger.stop();
  const out = join(folder, "bundle");
  await writeBundle(exportHere(services, services.pools.auditor), [insurer], out, () => undefined);
  await writePolicies(services, [insurer], policyFolder(out));
  const { json } = await ask("verify", out, "--policy", policyFolder(out), "--json");
  expect(json).toMatchObject({
    ok: true,
    entries: all + 2,
    findings: [],
    imports: { revisions: all, proven: all, unread: 0 },
  });
}, 600_000);
