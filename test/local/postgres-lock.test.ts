import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { lockFolder } from "../../local/postgres/lock.ts";
import { StartFailure } from "../../local/postgres/start-failure.ts";

const module = fileURLToPath(new URL("../../local/postgres/lock.ts", import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `code` with `lockFolder` and `folder` in scope in a process of its own; resolves at its first line. */
async function elsewhere(
  code: string,
): Promise<{ line: string; pid: number; kill(): Promise<void> }> {
  const source = `const { lockFolder } = await import(${JSON.stringify(module)});
    const folder = ${JSON.stringify(folder)}; ${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = await new Promise<string>((resolve) => {
    child.stdout.once("data", (chunk) => resolve(String(chunk).trim()));
  });
  return {
    line,
    pid: child.pid ?? 0,
    kill: () => {
      child.kill("SIGKILL");
      return gone;
    },
  };
}

const holding = 'lockFolder(folder); console.log("held"); setInterval(() => 0, 1000);';

describe("a folder's lock", () => {
  test("is one process's at a time, and names its holder", async () => {
    const other = await elsewhere(holding);
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use by process ${other.pid}: stop that one first`,
    );
    await other.kill();
  });

  test("left by kill -9 is taken over", async () => {
    const other = await elsewhere(holding);
    await other.kill();
    expect(existsSync(join(folder, "lock"))).toBe(true);
    const release = lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
    release();
    expect(readdirSync(folder)).toEqual(["lock.guard"]);
  });

  test("is free once released, and releasing twice frees nobody else's", () => {
    const release = lockFolder(folder);
    release();
    const again = lockFolder(folder);
    release();
    expect(() => lockFolder(folder)).toThrow(/in use/);
    again();
  });

  test("whose process id was given to a later process is stale", () => {
    const release = lockFolder(folder);
    const held = readFileSync(join(folder, "lock"), "utf8");
    const [pid, , token] = held.split(" ");
    writeFileSync(join(folder, "lock"), `${pid} 1 ${token}`);
    const again = lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).not.toBe(held);
    release();
    expect(existsSync(join(folder, "lock"))).toBe(true);
    again();
  });

  test("that can't be taken because the folder is closed to us is one sentence that names it", () => {
    mkdirSync(join(folder, "lock.guard"));
    const taking = () => lockFolder(folder);
    expect(taking).toThrow(StartFailure);
    expect(taking).toThrow(`${folder} can't be used: lock.guard: unable to open database file`);
  });

  test("with nonsense in it is stale", () => {
    writeFileSync(join(folder, "lock"), "");
    lockFolder(folder)();
  });

  test("goes to exactly one of ten who find it stale at once", async () => {
    writeFileSync(join(folder, "lock"), "999999999 1 x\n");
    const trying = `const start = Date.now() + 300; while (Date.now() < start);
      try { lockFolder(folder); console.log("held"); } catch (error) { console.log("refused"); }
      setInterval(() => 0, 1000);`;
    const others = await Promise.all(Array.from({ length: 10 }, () => elsewhere(trying)));
    expect(others.filter((other) => other.line === "held")).toHaveLength(1);
    for (const other of others) await other.kill();
  });
});
