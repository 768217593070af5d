import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openFolder, runDoor } from "../cli/door.ts";
import { type Running, start } from "../platform/running.ts";

let folder: string;
let running: Running;
beforeAll(async () => {
  folder = openFolder("export");
  running = await start(folder);
  await runDoor(["audit", "key", join(folder, "auditor")]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function exportAndVerify(name: string): Promise<void> {
  const out = join(folder, name);
  const to = join(folder, "auditor.pub.jwk");
  const exported = await runDoor(["audit", "export", "--data", folder, "--to", to, "--out", out]);
  expect([exported.code, exported.stdout]).toEqual([0, expect.stringContaining("closed for key")]);
  const key = join(folder, "auditor.jwk");
  const verified = await runDoor([
    "audit",
    "verify",
    out,
    "--policy",
    running.policyFile,
    "--key",
    key,
    "--json",
  ]);
  expect([verified.code, verified.stderr]).toEqual([0, ""]);
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, anchored: true });
}

test("a platform is exported while it runs, and once it is stopped", async () => {
  await exportAndVerify("while-running");
  const plain = await runDoor([
    "audit",
    "export",
    "--data",
    folder,
    "--plain",
    "--out",
    join(folder, "plain"),
  ]);
  expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining("--yes-personal-data")]);
  expect(await running.stop()).toBe(0);
  await exportAndVerify("stopped");
});
