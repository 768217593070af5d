import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { removeCluster } from "../../local/postgres/place.ts";
import { openFolder, runDoor } from "../cli/door.ts";
import { Amina } from "./caller.ts";
import { type Running, start } from "./running.ts";

/* `npm start -- --ledger qldb` as a person runs it: claims, receipts, kill, and what an auditor is given of it. */
const onQldb = ["--port", "0", "--ledger", "qldb"];
let folder: string;
let running: Running;
let amina: Amina;
beforeAll(async () => {
  folder = openFolder("start-qldb");
  running = await start(folder, onQldb);
  amina = new Amina(running);
  mkdirSync(join(folder, "auditor"));
  await runDoor(["audit", "key", join(folder, "auditor", "auditor")]);
});
afterAll(async () => {
  await running?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

/** Exports for the auditor, as `npm run audit -- export` does in a clone: by a path from there. */
const exported = (out: string, ...more: readonly string[]) =>
  runDoor([
    ...["audit", "export", "--data", relative(process.cwd(), folder), "--json"],
    ...["--to", join(folder, "auditor", "auditor.pub.jwk"), "--out", join(folder, out), ...more],
  ]);

/** The leaf hashes of a claim's records, once there are so many. */
async function records(claim: string, count: number): Promise<string[]> {
  for (const until = Date.now() + 120_000; ; await sleep(200)) {
    const { json } = await amina.ask("GET", `/claims/${claim}/receipts`);
    if (json?.records?.length >= count)
      return json.records.map(({ leafHash }: { leafHash: string }) => leafHash);
    if (Date.now() > until)
      throw new Error(`${claim} has not ${count} records: ${JSON.stringify(json)}`);
  }
}

/** The receipt of a record, once the ledger's signed digest covers it. */
async function receiptOf(leafHash: string): Promise<string> {
  for (const until = Date.now() + 120_000; ; ) {
    const { status, text } = await amina.ask("GET", `/records/${leafHash}/receipt`, {
      prefer: "wait=10",
    });
    if (status === 200) return text;
    if (Date.now() > until || status !== 202) throw new Error(`no receipt: ${status} ${text}`);
  }
}

async function audited(out: string): Promise<Record<string, unknown>> {
  const key = join(folder, "auditor", "auditor.jwk");
  const how = ["--policy", running.policyFile, "--key", key, "--json"];
  const { code, stdout, stderr } = await runDoor(["audit", "verify", join(folder, out), ...how]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test("claims have receipts, and the ledger is exported whole and verifies, running and stopped", async () => {
  const claims = [await amina.submit("qldb-1"), await amina.submit("qldb-2")];
  for (const { claim } of claims) {
    const decided = await records(claim, 2);
    for (const leafHash of decided) {
      const receipt = join(folder, "auditor", `${leafHash}.receipt`);
      writeFileSync(receipt, await receiptOf(leafHash));
      const said = await runDoor(["audit", "receipt", receipt, "--policy", running.policyFile]);
      expect([said.code, said.stderr]).toEqual([0, ""]);
    }
  }
  const whole = await exported("running");
  expect([whole.code, whole.stderr]).toEqual([0, ""]);
  const first = await audited("running");
  expect(first).toMatchObject({ ok: true, anchored: true, decisions: 2, reexecuted: 2 });

  const one = await exported("one", "--insurer", "example-mutual");
  expect([one.code, one.stderr]).toEqual([2, expect.stringContaining("exported whole")]);

  expect(await running.stop()).toBe(0);
  expect((await exported("stopped")).code).toBe(0);
  expect(await audited("stopped")).toMatchObject({ ok: true, entries: first.entries });
});

test("what only a log of our own can do is refused in one sentence", async () => {
  const rebuilt = await runDoor(["rebuild", "--data", folder]);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([2, expect.stringContaining("is QLDB")]);
  const other = await runDoor(["local", "--data", folder, "--port", "0"]);
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringContaining("start it with --ledger qldb"),
  ]);
});
