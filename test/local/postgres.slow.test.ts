import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { removeCluster } from "../../local/postgres/place.ts";
import { isPostmasterOf, readPostmaster } from "../../local/postgres/postmaster.ts";
import { runningCluster } from "../../local/postgres/running-cluster.ts";
import { isRunning, waitUntilGone } from "../../local/postgres/running-process.ts";
import { type Postgres, type StartOptions, startPostgres } from "../../local/postgres/start.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { ask } from "./ask.ts";

let made: string;
let folder: string;
let running: Postgres[];

const temporary = (): string => temporaryFolder("launcher");

beforeAll(async () => {
  made = temporary();
  const postgres = await startPostgres({ folder: made, durable: false });
  await postgres.stop();
});
afterAll(() => removeCluster(made));

/** Each test starts from a copy of a cluster that was made once. */
beforeEach(() => {
  folder = temporary();
  rmSync(folder, { recursive: true });
  execFileSync("cp", ["-a", made, folder]);
  running = [];
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  removeCluster(folder);
});

async function start(options: Partial<StartOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ folder, ...options });
  running.push(postgres);
  return postgres;
}

/** Asks again while the server is on its way back. */
async function askPatiently(url: string, text: string): Promise<Record<string, unknown>[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(url, text);
    } catch (error) {
      if (attempt === 1_200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const log: string[] = [];
const keep = (line: string): void => void log.push(line);

describe("the embedded PostgreSQL", () => {
  test("starts, keeps its data over a stop, and leaves no process", async () => {
    const first = await start();
    const url = first.superuserUrl("postgres");
    await ask(url, "CREATE TABLE kept AS SELECT 7 AS n");
    await first.stop();
    await first.exited;
    expect(isRunning(first.pid)).toBe(false);
    const second = await start();
    expect(await ask(second.superuserUrl("postgres"), "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  test("is durable, UTF8 and C, in UTC, on loopback TCP only", async () => {
    const { superuserUrl, port } = await start();
    const shown = await ask(
      superuserUrl("postgres"),
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',
       'full_page_writes', 'listen_addresses', 'unix_socket_directories', 'TimeZone', 'port')`,
    );
    expect(Object.fromEntries(shown.map((row) => [row.name, row.setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      TimeZone: "UTC",
      port: String(port),
    });
    const [made] = await ask(
      superuserUrl("postgres"),
      "SELECT pg_encoding_to_char(encoding) AS e, datcollate AS c FROM pg_database LIMIT 1",
    );
    expect(made).toEqual({ e: "UTF8", c: "C" });
  });

  test("lets nobody in without a password; the passwords are random and this user's alone", async () => {
    const postgres = await start();
    const url = new URL(postgres.superuserUrl("postgres"));
    for (const wrong of ["", "postgres"]) {
      url.password = wrong;
      await expect(ask(url.href, "SELECT 1")).rejects.toThrow();
    }
    const file = join(folder, "passwords.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const passwords = Object.values(JSON.parse(readFileSync(file, "utf8")));
    expect(new Set(passwords).size).toBe(6);
    expect(await ask(postgres.url("auditor", "postgres"), "SELECT current_user AS u")).toEqual([
      { u: "countersign_auditor" },
    ]);
    expect(readFileSync(join(join(folder, "data"), "pg_hba.conf"), "utf8")).not.toMatch(/trust/);
  });

  test("says which process holds the folder when it is started twice", async () => {
    await start();
    await expect(startPostgres({ folder })).rejects.toThrow(
      `${folder} is in use by process ${process.pid}: stop that one first`,
    );
  });

  test("says so when a port that was asked for is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startPostgres({ folder, port })).rejects.toThrow(
      `Port ${port} is taken by another program`,
    );
    other.close();
  });

  test("its log holds neither statements nor values", async () => {
    const postgres = await start();
    const url = postgres.superuserUrl("postgres");
    await ask(url, "CREATE TABLE secret (name text PRIMARY KEY)");
    await ask(url, "INSERT INTO secret VALUES ('Ada Lovelace')");
    await expect(ask(url, "INSERT INTO secret VALUES ('Ada Lovelace')")).rejects.toThrow();
    await postgres.stop();
    const logged = readFileSync(join(folder, "postgres.log"), "utf8");
    expect(logged).toMatch(/ready to accept connections/);
    expect(logged).not.toMatch(/Lovelace|secret/);
  });
});

describe("after kill -9", () => {
  test("of PostgreSQL it is brought back on its port, and what was acknowledged is there", async () => {
    const postgres = await start({ restartOnCrash: true, log: keep });
    const url = postgres.superuserUrl("postgres");
    const before = postgres.pid;
    await ask(url, "CREATE TABLE kept AS SELECT 7 AS n");
    process.kill(before, "SIGKILL");
    await waitUntilGone(before, 60_000);
    expect(await askPatiently(url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    expect(postgres.pid).not.toBe(before);
    expect(log).toContain(`PostgreSQL died and is started again on port ${postgres.port}`);
  });

  test("of PostgreSQL, where nobody asked for it back, it is reported gone", async () => {
    const postgres = await start();
    process.kill(postgres.pid, "SIGKILL");
    await postgres.exited;
    const again = await start();
    expect(await ask(again.superuserUrl("postgres"), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  /** Starts PostgreSQL from a program of its own, kills that, and gives the process id of what it started. */
  async function killedStarter(more: string): Promise<number> {
    const module = fileURLToPath(new URL("../../local/postgres/start.ts", import.meta.url));
    const script = join(folder, "launch.ts");
    writeFileSync(
      script,
      `const { startPostgres } = await import(${JSON.stringify(module)});
       const postgres = await startPostgres({ folder: ${JSON.stringify(folder)}${more} });
       console.log(postgres.pid);`,
    );
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => {
      child.stdout.once("data", (chunk) => resolve(Number(String(chunk))));
    });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    return pid;
  }

  test("of the program that started it, the next start stops the orphan and keeps the data", async () => {
    const orphan = await killedStarter("");
    expect(isRunning(orphan)).toBe(true);
    const postgres = await start({ log: keep });
    expect(isRunning(orphan)).toBe(false);
    expect(log).toContain(`a PostgreSQL left running (process ${orphan}) is stopped first`);
    expect(await ask(postgres.superuserUrl("postgres"), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  test("of the program that started it takes PostgreSQL along where that was asked for", async () => {
    expect(await waitUntilGone(await killedStarter(", endsWithUs: true"), 60_000)).toBe(true);
  });

  test("a note whose process id now belongs to another program hurts neither", async () => {
    const first = await start();
    await first.stop();
    const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
    const data = join(folder, "data");
    const note = [bystander.pid, data, 1, 1, "", "127.0.0.1", "1 1", "ready"].join("\n");
    writeFileSync(join(data, "postmaster.pid"), `${note}\n`);
    expect(readPostmaster(data)?.pid).toBe(bystander.pid);
    expect(isPostmasterOf(bystander.pid ?? 0, data)).toBe(false);
    const second = await start();
    expect(await ask(second.superuserUrl("postgres"), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    expect(isRunning(bystander.pid ?? 0)).toBe(true);
    bystander.kill();
  });
});

test("who looks for a running one finds it by a path from where they are, and by a link", async () => {
  const { port } = await start().then(({ url }) => new URL(url("auditor", "postgres")));
  const link = join(temporary(), "link");
  symlinkSync(folder, link);
  for (const named of [folder, relative(process.cwd(), folder), link]) {
    const url = runningCluster(named)?.("auditor", "postgres");
    expect([named, url && new URL(url).port]).toEqual([named, port]);
  }
  expect(runningCluster(join(folder, "not-there"))).toBeUndefined();
  await running[0]?.stop();
  expect(runningCluster(folder)).toBeUndefined();
});
