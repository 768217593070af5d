import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { isRunning, waitUntilGone } from "../../local/postgres/running-process.ts";
import type { ClusterNote } from "./keeper.ts";

test("a test run that is killed leaves neither a process nor a folder", async () => {
  const start = fileURLToPath(new URL("./start.ts", import.meta.url));
  const source = `const { default: start, variable } = await import(${JSON.stringify(start)});
    await start();
    console.log(process.env[variable]);
    setInterval(() => 0, 1000);`;
  const run = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const note = await new Promise<ClusterNote>((resolve) => {
    run.stdout.once("data", (chunk) => resolve(JSON.parse(String(chunk))));
  });
  expect(isRunning(note.pid)).toBe(true);
  expect(existsSync(note.folder)).toBe(true);
  run.kill("SIGKILL");
  expect(await waitUntilGone(note.pid, 60_000)).toBe(true);
  for (let n = 0; n < 1_200 && existsSync(note.folder); n++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(existsSync(note.folder)).toBe(false);
});
