import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { openPool, type Pool, transaction } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { LostRace } from "../../shared/ports/store.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { askAs, role, stubbedDsql } from "./stubbed-dsql.ts";

/*
 * The adapter of Aurora DSQL, nothing of it replaced, against a stub of DSQL's side of the wire before a real PostgreSQL. The clock of both is the test's: hours pass at once.
 */
const minuteMs = 60_000;
let dsql: Awaited<ReturnType<typeof stubbedDsql>>;

beforeAll(async () => {
  jest.useFakeTimers({
    now: Date.now(),
    doNotFake: [
      ...(["hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate"] as const),
      ...([
        "clearImmediate",
        "setInterval",
        "clearInterval",
        "setTimeout",
        "clearTimeout",
      ] as const),
    ],
  });
  dsql = await stubbedDsql();
});
afterEach(() => dsql.endAll());
afterAll(async () => {
  jest.useRealTimers();
  await dsql?.drop();
});
const start: typeof dsql.start = (...how) => dsql.start(...how);
const to: typeof dsql.to = (...which) => dsql.to(...which);
const open: typeof dsql.open = (url) => dsql.open(url);
const pass = (ms: number): void => void jest.setSystemTime(Date.now() + ms);

const insert =
  "INSERT INTO checkpoint (insurer, size, root, committed_at) SELECT $1, unnest($2::bigint[]), $3, 0";
const root = new Uint8Array(32);
const sizes = (from: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, n) => BigInt(from + n));
const count = async (pool: Pool, insurer: string): Promise<bigint> => {
  const text = "SELECT count(*) AS n FROM checkpoint WHERE insurer = $1";
  return (await pool.query<{ n: bigint }>(text, [insurer])).rows[0]?.n ?? 0n;
};

describe("a connection", () => {
  test("is let in by a token of now, at repeatable read, over TLS whose name is checked", async () => {
    const stub = await start();
    const pool = open(to(stub));
    const { rows } = await pool.query("SELECT current_user::text AS who");
    expect(rows).toEqual([{ who: role }]);
    const shown = await pool.query("SHOW transaction_isolation");
    expect(shown.rows).toEqual([{ transaction_isolation: "repeatable read" }]);
    const elsewhere = async () => (await to(stub)()).replace("localhost", "127.0.0.2");
    await expect(open(elsewhere).query("SELECT 1")).rejects.toThrow(/altnames|ECONNREFUSED/);
  });

  test("is refused to another's signature, to an IAM role that was granted nothing, and with another action's token", async () => {
    const stub = await start();
    const denied = { code: "28000" };
    askAs("AKIASEQUENCER", "guessed");
    await expect(open(to(stub)).query("SELECT 1")).rejects.toMatchObject(denied);
    askAs("AKIASTRANGER");
    await expect(open(to(stub)).query("SELECT 1")).rejects.toMatchObject(denied);
    askAs("AKIASEQUENCER");
    const asAdmin = async () => (await to(stub)()).replace(`//${role}:`, "//admin:");
    await expect(open(asAdmin).query("SELECT 1")).rejects.toMatchObject(denied);
    expect(stub.connections).toEqual([]);
  });

  test("is opened with a token that is renewed before it expires, and retired long before DSQL ends it, for hours", async () => {
    const stub = await start();
    const pool = open(to(stub));
    for (let minute = 0; minute < 180; minute += 6) {
      const lease = await pool.lease();
      await lease.query("SELECT 1");
      pass(6 * minuteMs);
      await Promise.all([pool.query("SELECT 2"), lease.query("SELECT 3")]);
      lease.release();
    }
    const lives = stub.connections.map(
      ({ openedMs, closedMs = Date.now() }) => closedMs - openedMs,
    );
    expect(lives.length).toBeGreaterThan(10);
    expect(Math.max(...lives)).toBeLessThan(30 * minuteMs);
    const ages = stub.connections.map(({ tokenAgeMs }) => tokenAgeMs);
    expect(Math.max(...ages)).toBeLessThan(15 * minuteMs);
  });

  test("of an environment that was frozen for hours is not used again", async () => {
    const stub = await start();
    const pool = open(to(stub));
    await pool.query("SELECT 1");
    pass(5 * 60 * minuteMs);
    await pool.query("SELECT 1");
    expect(stub.connections).toHaveLength(2);
  });

  test("without that would end: a token is good for 15 minutes, a connection for 60", async () => {
    const stub = await start();
    const url = await to(stub)();
    const plain = openPool({ url, max: 1 });
    dsql.ends.push(() => plain.end());
    await plain.query("SELECT 1");
    pass(16 * minuteMs);
    await plain.query("SELECT 1");
    const late = openPool({ url, max: 1 });
    dsql.ends.push(() => late.end());
    await expect(late.query("SELECT 1")).rejects.toMatchObject({ code: "28000" });
    pass(45 * minuteMs);
    await expect(plain.query("SELECT 1")).rejects.toBeInstanceOf(Unavailable);
  });
});

describe("a conflict that is found at the commit", () => {
  test("has a statement of its own sent again, which takes effect once", async () => {
    const stub = await start({ seed: "once", share: 0.4 });
    const pool = open(to(stub));
    for (const size of sizes(1, 30)) await pool.query(insert, ["once", [size], root]);
    expect(stub.lost()).toBeGreaterThan(5);
    expect(await count(pool, "once")).toBe(30n);
  });

  test("that never ends is given up with a sentence: Unavailable", async () => {
    const stub = await start({ seed: "never", share: 1 });
    const lost = open(to(stub)).query(insert, ["never", [1n], root]);
    await expect(lost).rejects.toMatchObject({
      name: "Unavailable",
      message: "database: a statement lost to others 6 times",
    });
    expect(stub.lost()).toBe(6);
  });

  test("is a lost race to a transaction, of which nothing stays: whoever runs it begins anew", async () => {
    const stub = await start({ seed: "races", share: 0.5 });
    const pool = open(to(stub));
    const store = postgresStore(pool);
    let [won, lost] = [0n, 0];
    for (const size of sizes(1, 20)) {
      await store
        .transaction("races", async () => {})
        .then(
          () => undefined,
          (error) => expect(error).toBeInstanceOf(LostRace),
        );
      await transaction(pool, (on) => on.query(insert, ["races", [size], root])).then(
        () => won++,
        (error) => {
          expect(error).toMatchObject({ code: "40001", message: /\(OC00[01]\)$/ });
          lost++;
        },
      );
    }
    expect(lost).toBeGreaterThan(3);
    expect(await count(pool, "races")).toBe(won);
  });
});

describe("what one transaction may change", () => {
  test("is 3,000 rows: one more is never committed, nor is DSQL asked to", async () => {
    const stub = await start();
    const pool = open(to(stub));
    const write = (insurer: string, more: number, limited?: "unlimited") =>
      transaction(
        pool,
        async (on) => {
          await on.query(insert, [insurer, sizes(1, 2_000), root]);
          await on.query(insert, [insurer, sizes(2_001, more), root]);
        },
        "READ WRITE",
        limited,
      );
    await write("fits", 1_000);
    expect(await count(pool, "fits")).toBe(3_000n);
    await expect(write("over", 1_001)).rejects.toThrow(/changes at most 3,000 rows, not 3,001/);
    await expect(write("over", 1_001, "unlimited")).rejects.toMatchObject({
      code: "54000",
      message: "transaction row limit exceeded",
    });
    expect(await count(pool, "over")).toBe(0n);
  });

  test("is 10 MiB: what is more is not sent", async () => {
    const stub = await start();
    const pool = open(to(stub));
    const big = new Uint8Array(1024 * 1024);
    const write = (limited?: "unlimited") =>
      transaction(
        pool,
        async (on) => {
          for (const size of sizes(1, 11)) await on.query(insert, ["big", [size], big]);
        },
        "READ WRITE",
        limited,
      );
    await expect(write()).rejects.toThrow(/carries at most 10 MiB/);
    await expect(write("unlimited")).rejects.toMatchObject({
      code: "54000",
      message: "transaction size limit 10mb exceeded",
    });
    expect(await count(pool, "big")).toBe(0n);
  });
});

describe("what one row may hold", () => {
  const mebibyte = 1024 * 1024;
  const draft = `INSERT INTO pack_drafts (insurer, draft, pack, author, content, created_at)
    VALUES ($1, $2, $3, $4, $5, 0)`;
  const text = (bytes: number) => "é".repeat(bytes / 2);
  const write = async (values: readonly unknown[], how?: "unlimited") =>
    transaction(open(to(await start(), app)), (on) => on.query(draft, values), "READ WRITE", how);
  const app = { role: "countersign_app" };
  const words = (message: string) => ({ code: "54000", message });

  test("is 1 MiB a column, in bytes: what is more is not sent, and DSQL refuses it", async () => {
    await write(["rows", "fits", "pack", "author", text(mebibyte)]);
    const over = ["rows", "over", "pack", "author", text(mebibyte + 2)];
    await expect(write(over)).rejects.toThrow(/a column holds at most 1 MiB, not 1048578 bytes/);
    await expect(write(over, "unlimited")).rejects.toMatchObject(
      words("maximum column size exceeded"),
    );
    const pool = open(to(await start()));
    await pool.query(insert, ["bytes", [1n], new Uint8Array(mebibyte)]);
    await expect(
      pool.query(insert, ["bytes", [2n], new Uint8Array(mebibyte + 1)]),
    ).rejects.toMatchObject(words("maximum column size exceeded"));
  });

  test("is 2 MiB a row and 1 KiB a key, which DSQL refuses", async () => {
    const [half, whole] = [text(mebibyte / 2), text(mebibyte)];
    await write(["rows", "two", half, half, whole.slice(100)]);
    await expect(write(["rows", "three", whole, half, whole])).rejects.toMatchObject(
      words("maximum row size exceeded"),
    );
    await write(["rows", text(1_012), "pack", "author", "content"]);
    await expect(write(["rows", text(1_014), "pack", "author", "content"])).rejects.toMatchObject(
      words("key size too large"),
    );
  });
});
