import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import type { MigrationConnection } from "../../functions/adapters/postgres/index-jobs.ts";
import { ChangedStep, forDsql, migrate } from "../../functions/adapters/postgres/migrate.ts";
import {
  loadMigrations,
  type Migration,
  parseMigration,
} from "../../functions/adapters/postgres/migrate-steps.ts";
import { createDatabase, dropDatabase } from "../../local/postgres/database.ts";
import { thisCluster } from "../cluster/database.ts";

const three = parseMigration(
  "0001-three",
  [
    "-- A comment about the file.",
    "-- step: one",
    "CREATE TABLE one (a text);",
    "-- step: two",
    "-- A comment about the step.",
    "CREATE TABLE two (a text);",
    "-- step: three",
    "CREATE TABLE three (a text);",
  ].join("\n"),
);

describe("reading a migration", () => {
  test("gives each step's name and its one statement", () => {
    expect(three.steps.map((step) => [step.name, step.statement])).toEqual([
      ["one", "CREATE TABLE one (a text)"],
      ["two", "CREATE TABLE two (a text)"],
      ["three", "CREATE TABLE three (a text)"],
    ]);
  });

  test.each([
    ["two statements in a step", "-- step: a\nSELECT 1; SELECT 2;", /more than one/],
    ["a statement without its semicolon", "-- step: a\nSELECT 1", /semicolon/],
    ["an empty step", "-- step: a\n-- step: b\nSELECT 1;", /step a: does not end/],
    ["a name used twice", "-- step: a\nSELECT 1;\n-- step: a\nSELECT 2;", /occurs twice/],
    ["no step at all", "SELECT 1;", /has no steps/],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseMigration("m", text)).toThrow(message);
  });

  test("a semicolon inside a string is no end of a statement", () => {
    expect(parseMigration("m", "-- step: a\nSELECT 'a;b';").steps).toHaveLength(1);
  });
});

describe("migrating", () => {
  const name = `migrate_${process.pid}`;
  const admin = thisCluster().superuserUrl.replace("{database}", "postgres");
  let client: pg.Client;

  beforeAll(async () => {
    await createDatabase(admin, name);
    client = new pg.Client(thisCluster().superuserUrl.replace("{database}", name));
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await dropDatabase(admin, name);
  });

  const on = (migrations: readonly Migration[], connection: MigrationConnection = client) =>
    migrate(connection, { engine: "postgres", migrations });

  /** Loses the connection's answer, before or after the server acts, at the n-th statement. */
  const breakingAt = (n: number, when: "before" | "after"): MigrationConnection => {
    let count = 0;
    return {
      query: async (text, values) => {
        count += 1;
        if (count > n || (count === n && when === "before")) throw new Error("broken");
        const result = await client.query(text, values);
        if (count === n) throw new Error("broken");
        return result;
      },
    };
  };

  const tables = async (): Promise<string[]> => {
    const text = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    return (await client.query(text)).rows.map((row) => row.tablename);
  };

  test("stopped at any statement, it goes on from there and applies each step once", async () => {
    for (let n = 1; n <= 16; n++) {
      for (const when of ["before", "after"] as const) {
        await on([three], breakingAt(n, when)).catch((error) => {
          expect(error.message).toBe("broken");
        });
        await client.query("ROLLBACK");
        await on([three]);
        expect(await tables()).toEqual(["migration_step", "one", "three", "two"]);
        expect(await on([three])).toEqual([]);
        await client.query("DROP TABLE one, two, three, migration_step");
      }
    }
  });

  test("a step that fails leaves nothing behind and names its cause", async () => {
    const bad = parseMigration(
      "m",
      "-- step: a\nCREATE TABLE a (x text);\n-- step: b\nCREATE TABLE a (x text);",
    );
    await expect(on([bad])).rejects.toThrow(/already exists/);
    expect(await tables()).toEqual(["a", "migration_step"]);
    await client.query("DROP TABLE a, migration_step");
  });

  test("an applied step whose text changed is refused by name", async () => {
    await on([three]);
    const changed = {
      ...three,
      steps: three.steps.map((s, i) => (i === 1 ? { ...s, hash: "0" } : s)),
    };
    await expect(on([changed])).rejects.toThrow(ChangedStep);
    await expect(on([changed])).rejects.toThrow(/0001-three, step two/);
    await client.query("DROP TABLE one, two, three, migration_step");
  });

  test("a role that another database's migration made is no obstacle", async () => {
    const roles = parseMigration("m", "-- step: r\nCREATE ROLE countersign_app;");
    expect(await on([roles])).toEqual(["m: r"]);
    expect(await on([roles])).toEqual([]);
    await client.query("DROP TABLE migration_step");
  });

  test("where roles share a login, no role is made and no right is granted", async () => {
    const own = loadMigrations();
    const applied = await migrate(client, { engine: "postgres", migrations: own, roles: "shared" });
    expect(applied).toContain("0001-ledger: entry");
    const rights = own.flatMap(({ name, steps }) =>
      steps
        .filter(({ statement }) => /^(CREATE ROLE|GRANT) /.test(statement))
        .map((step) => `${name}: ${step.name}`),
    );
    expect(applied.filter((step) => rights.includes(step))).toEqual([]);
    expect(rights.length).toBeGreaterThan(5);
    expect(await on(own)).toEqual(rights);
  });

  test("two migrators at once both end well, and each step is applied once", async () => {
    await client.query("DROP SCHEMA public CASCADE");
    await client.query("CREATE SCHEMA public");
    const other = new pg.Client(thisCluster().superuserUrl.replace("{database}", name));
    await other.connect();
    try {
      const [a, b] = await Promise.all([on([three]), on([three], other)]);
      expect([...a, ...b].sort()).toEqual([
        "0001-three: one",
        "0001-three: three",
        "0001-three: two",
      ]);
    } finally {
      await other.end();
    }
  });
});

describe("on DSQL", () => {
  type Job = "processing" | "completed" | "failed";

  /** Keeps the journal in memory and fails as DSQL does when a definition and rows share a transaction; an index is built by a job, after `looks` at its jobs. */
  function dsql({
    failAfter = Number.POSITIVE_INFINITY,
    looks = 0,
    ends = "completed" as Job,
  } = {}) {
    const journal = new Map<string, { hash: unknown; state: unknown }>();
    const made: string[] = [];
    const dropped: string[] = [];
    const jobs: { job_id: string; status: Job; details: string }[] = [];
    const state = { left: failAfter, looks, ends };
    const index = { valid: false };
    const look = () => {
      if (state.looks-- > 0) return;
      for (const job of jobs) if (job.status === "processing") job.status = state.ends;
      index.valid = jobs.at(-1)?.status === "completed";
    };
    const rows = (text: string, key: string): Record<string, unknown>[] => {
      if (text.includes("pg_index")) {
        return made.some((one) => one.includes("INDEX")) ? [{ indisvalid: index.valid }] : [];
      }
      if (text.includes("sys.jobs")) look();
      return text.includes("sys.jobs") ? [...jobs] : [journal.get(key) ?? []].flat();
    };
    const connection: MigrationConnection = {
      query: async (text, values = []) => {
        const key = `${values[0]}/${values[1]}`;
        if (/^BEGIN|^COMMIT/.test(text)) throw new Error("one statement at a time here");
        if (text.startsWith("SELECT")) return { rows: rows(text, key) };
        if (state.left-- === 0) throw new Error("broken");
        if (text.startsWith("INSERT")) journal.set(key, { hash: values[2], state: values[3] });
        else if (text.startsWith("UPDATE"))
          journal.set(key, { ...journal.get(key), hash: journal.get(key)?.hash, state: values[2] });
        else if (text.startsWith("DROP INDEX")) dropped.push(made.splice(1, 1)[0] ?? "");
        else if (made.includes(text)) throw Object.assign(new Error("exists"), { code: "42P07" });
        else if (!/migration_step/.test(text)) made.push(text);
        if (!text.startsWith("CREATE INDEX")) return { rows: [] };
        const job_id = `job-${jobs.length}`;
        jobs.push({ job_id, status: "processing", details: "duplicate key" });
        return { rows: [{ job_id }] };
      },
    };
    return { connection, made, dropped, state, jobs, index };
  }

  const steps = parseMigration(
    "m",
    "-- step: t\nCREATE TABLE t (a text);\n-- step: i\nCREATE INDEX i ON t (a);",
  );
  const withTable = ["CREATE TABLE t (a text)", "CREATE INDEX ASYNC i ON t (a)"];
  /** Looks `most` times, without a rest between. */
  const waiting = (most = 100) => {
    let left = most;
    return { sleep: async () => undefined, mayWait: () => left-- > 0 };
  };
  const run = (connection: MigrationConnection, most?: number) =>
    migrate(connection, { engine: "dsql", migrations: [steps], waiting: waiting(most) });

  test("indexes are asynchronous, their jobs are waited for, and no transaction is opened", async () => {
    const { connection, made, state, index } = dsql({ looks: 5 });
    expect(await run(connection)).toEqual(["m: t", "m: i"]);
    expect([made, index.valid, state.looks]).toEqual([withTable, true, -1]);
    expect(forDsql("CREATE UNIQUE INDEX i ON t (a)")).toBe("CREATE UNIQUE INDEX ASYNC i ON t (a)");
  });

  test("stopped between a definition and its journal row, it goes on", async () => {
    for (let n = 0; n < 8; n++) {
      const { connection, made, state } = dsql({ failAfter: n });
      await run(connection).catch(() => undefined);
      state.left = Number.POSITIVE_INFINITY;
      await run(connection);
      expect(made).toEqual(withTable);
    }
  });

  test("a job that outlasts the run is waited for by the next one, which makes no second index", async () => {
    const { connection, made, jobs } = dsql({ looks: 20 });
    await expect(run(connection, 3)).rejects.toThrow(/index i is still being built/);
    expect(await run(connection)).toEqual(["m: i"]);
    expect([made, jobs.length]).toEqual([withTable, 1]);
  });

  test("a job that fails fails the step with its own words; the next run makes the index anew", async () => {
    const { connection, made, dropped, state } = dsql({ ends: "failed" });
    await expect(run(connection)).rejects.toThrow("i: duplicate key");
    expect([made, dropped]).toEqual([withTable.slice(0, 1), withTable.slice(1)]);
    state.ends = "completed";
    expect(await run(connection)).toEqual(["m: i"]);
    expect(made).toEqual(withTable);
  });

  test("an index that nobody builds any more is dropped and made anew", async () => {
    const { connection, made, dropped, state, jobs } = dsql({ looks: 20 });
    await expect(run(connection, 3)).rejects.toThrow(/still being built/);
    jobs.splice(0);
    state.looks = 0;
    expect(await run(connection)).toEqual(["m: i"]);
    expect([made, dropped]).toEqual([withTable, withTable.slice(1)]);
  });

  test("a table that is there although no migration began it is an error", async () => {
    const { connection, made } = dsql();
    made.push("CREATE TABLE t (a text)");
    await expect(run(connection)).rejects.toThrow("exists");
  });
});
