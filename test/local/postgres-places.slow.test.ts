import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findBinaries, locate, packageFor } from "../../local/postgres/binaries.ts";
import { canRead } from "../../local/postgres/owner.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { type Postgres, type StartOptions, startPostgres } from "../../local/postgres/start.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { ask } from "./ask.ts";

let folder: string;
let running: Postgres[];

beforeEach(() => {
  folder = temporaryFolder("launcher");
  running = [];
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  removeCluster(folder);
});

async function start(options: Partial<StartOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ folder, durable: false, ...options });
  running.push(postgres);
  return postgres;
}

test("in the middle of making the cluster, the next start makes it anew", async () => {
  const first = await start();
  await first.stop();
  renameSync(join(folder, "data"), join(folder, "data.new"));
  rmSync(join(folder, "data.new", "PG_VERSION"));
  rmSync(join(folder, "passwords.json"));
  const second = await start();
  expect(await ask(second.superuserUrl("postgres"), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
});

describe("in an awkward place", () => {
  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  test("a path with a space, a quote and more than 150 characters will do", async () => {
    const long = join(folder, `it's a ${"long ".repeat(30)}path`);
    expect(long.length).toBeGreaterThan(150);
    chmodSync(folder, 0o755);
    const postgres = await start({ folder: long });
    expect(existsSync(join(long, "data"))).toBe(true);
    expect(await ask(postgres.superuserUrl("postgres"), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    await postgres.stop();
  });

  asRoot(
    "programs without their links, or closed to PostgreSQL's user, are copied and work",
    () => {
      const installed = locate(packageFor(process.platform, process.arch));
      const native = join(folder, "native");
      const copies = join(folder, "copies");
      mkdirSync(copies);
      for (const open of [folder, copies]) chmodSync(open, 0o755);
      cpSync(installed.native, native, { recursive: true, verbatimSymlinks: true });
      const list = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
      for (const { target } of list) rmSync(join(folder, target), { force: true });
      const version = (program: string): string =>
        spawnSync(program, ["--version"], { encoding: "utf8" }).stdout;
      const you = { name: "you", uid: undefined, gid: undefined };
      const here = findBinaries(you, () => copies, { native, version: "1" });
      expect(here.postgres).toBe(join(native, "bin", "postgres"));
      expect(version(here.postgres)).toMatch(/PostgreSQL.* 16\./);
      chmodSync(native, 0o700);
      const stranger = { name: "stranger", uid: 64_001, gid: 64_001 };
      const there = findBinaries(stranger, () => copies, { native, version: "1" });
      expect(there.postgres).toBe(join(copies, "postgres-1", "bin", "postgres"));
      expect(canRead(there.postgres, stranger)).toBe(true);
      expect(version(there.postgres)).toBe(version(here.postgres));
      expect(readdirSync(copies)).toEqual(["postgres-1"]);
    },
  );

  asRoot(
    "root under a closed folder: the data goes elsewhere, which is said and remembered",
    async () => {
      const home = join(folder, "home");
      mkdirSync(home, { mode: 0o700 });
      chmodSync(folder, 0o755);
      const outside = join(folder, "outside");
      const cluster = join(home, "cluster");
      const said: string[] = [];
      const options = { folder: cluster, outside, log: (line: string) => void said.push(line) };
      const first = await start(options);
      await ask(first.superuserUrl("postgres"), "CREATE TABLE kept AS SELECT 7 AS n");
      await first.stop();
      expect(said).toEqual([expect.stringMatching(`^data in ${outside}/cluster-.*/data: user `)]);
      const second = await start(options);
      expect(await ask(second.superuserUrl("postgres"), "SELECT n FROM kept")).toEqual([{ n: 7 }]);
      await second.stop();
      rmSync(cluster, { recursive: true });
      const third = await start(options);
      expect(await ask(third.superuserUrl("postgres"), "SELECT to_regclass('kept') AS t")).toEqual([
        { t: null },
      ]);
      expect(readdirSync(outside).filter((name) => name.startsWith("cluster-"))).toHaveLength(1);
    },
  );
});
