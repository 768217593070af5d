import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { openPool, type Pool, transaction } from "../../functions/adapters/postgres/pool.ts";
import {
  CommitUnknown,
  isLostRace,
  isUnknownOutcome,
} from "../../functions/adapters/postgres/translate.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";

let database: FreshDatabase;
let app: Pool;
let sequencer: Pool;
let owner: Pool;

beforeAll(async () => {
  database = await freshDatabase();
  app = openPool({ url: database.url("app"), applicationName: "test" });
  sequencer = openPool({ url: database.url("sequencer") });
  owner = openPool({ url: database.superuserUrl });
});
afterAll(async () => {
  await Promise.all([app.end(), sequencer.end(), owner.end()]);
  await database.drop();
});

const insertCheckpoint =
  "INSERT INTO checkpoint (insurer, size, root, committed_at) VALUES ($1, $2, $3, $4)";
const sizes = (insurer: string) =>
  owner.query("SELECT size FROM checkpoint WHERE insurer = $1 ORDER BY size", [insurer]);
const root = new Uint8Array(32).fill(7);

describe("values", () => {
  test("int8 is a bigint beyond 2^53, bytes are bytes, and other users of pg keep their parsers", async () => {
    const big = 2n ** 62n + 1n;
    await sequencer.query(insertCheckpoint, ["values", big, root, 1n]);
    const { rows, rowCount } = await sequencer.query(
      "SELECT size, root FROM checkpoint WHERE insurer = $1",
      ["values"],
    );
    expect(rows).toEqual([{ size: big, root }]);
    expect(rows[0]?.root).not.toBeInstanceOf(Buffer);
    expect(rowCount).toBe(1);
    const plain = new pg.Client(database.superuserUrl);
    await plain.connect();
    expect((await plain.query("SELECT 1::int8 AS n")).rows).toEqual([{ n: "1" }]);
    await plain.end();
  });

  test("a list of byte strings travels as a parameter", async () => {
    const text = "SELECT b FROM unnest($1::bytea[], $2::int8[]) AS t (b, n) ORDER BY n DESC";
    const { rows } = await app.query(text, [
      [root, new Uint8Array(2)],
      [1n, 2n],
    ]);
    expect(rows).toEqual([{ b: new Uint8Array(2) }, { b: root }]);
  });

  test("each statement is prepared once on a connection, and sessions read at repeatable read", async () => {
    await transaction(app, async (on) => {
      for (let n = 0; n < 3; n++) await on.query("SELECT $1::text AS prepared_once", ["x"]);
      const text = "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE $1";
      expect((await on.query(text, ["%prepared_once%"])).rows).toEqual([{ n: 1n }]);
    });
    const { rows } = await app.query("SHOW default_transaction_isolation");
    expect(rows).toEqual([{ default_transaction_isolation: "repeatable read" }]);
  });
});

describe("a transaction", () => {
  test("commits what its body did, and nothing of a body that throws", async () => {
    await transaction(sequencer, (on) => on.query(insertCheckpoint, ["kept", 1n, root, 1n]));
    const failing = transaction(sequencer, async (on) => {
      await on.query(insertCheckpoint, ["kept", 2n, root, 1n]);
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    expect((await sizes("kept")).rows).toEqual([{ size: 1n }]);
  });

  test.each([
    ["has failed", () => Promise.reject(new Error("mine"))],
    ["is committed", () => Promise.resolve()],
  ])(
    "that %s sends nothing more: a branch of its body that is late writes nothing",
    async (_, end) => {
      const gate = Promise.withResolvers<void>();
      let late: Promise<unknown> | undefined;
      const body = transaction(sequencer, async (on) => {
        await on.query("SELECT 1");
        late = gate.promise.then(() => on.query(insertCheckpoint, ["late", 1n, root, 1n]));
        late.catch(() => undefined);
        await end();
      });
      await body.catch(() => undefined);
      gate.resolve();
      await expect(late).rejects.toThrow("the transaction is over");
      // Not even in the next transaction on that connection.
      await transaction(sequencer, (on) => on.query("SELECT 1"));
      expect((await sizes("late")).rows).toEqual([]);
    },
  );

  test("ends with the error of the statement that failed, whoever hears of a later one first", async () => {
    const told = async (answer: Promise<unknown>): Promise<unknown> => {
      try {
        return await answer;
      } catch (error) {
        await sleep(200);
        throw error;
      }
    };
    const ended = transaction(app, (on) =>
      Promise.all([told(on.query("SELECT 1 / 0")), on.query("SELECT 1")]),
    );
    await expect(ended).rejects.toMatchObject({ code: "22012" });
  });

  test("sees one snapshot from its first statement on", async () => {
    await transaction(app, async (on) => {
      const text = "SELECT count(*) AS n FROM checkpoint WHERE insurer = 'later'";
      expect((await on.query(text)).rows).toEqual([{ n: 0n }]);
      await sequencer.query(insertCheckpoint, ["later", 1n, root, 1n]);
      expect((await on.query(text)).rows).toEqual([{ n: 0n }]);
    });
  });

  test("that swallowed a failed statement is not taken for committed", async () => {
    const swallowed = transaction(app, async (on) => {
      await on.query("SELECT 1/0").catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow(/bug: a transaction whose statement failed/);
  });

  test("marked read only refuses to write", async () => {
    const writing = transaction(
      sequencer,
      (on) => on.query(insertCheckpoint, ["read-only", 1n, root, 1n]),
      "READ ONLY",
    );
    await expect(writing).rejects.toMatchObject({ code: "25006" });
  });
});

describe("a lost race", () => {
  const add = "UPDATE head SET size = size + 1 WHERE insurer = 'race'";

  test("is an update of a row that somebody else changed meanwhile", async () => {
    await owner.query("INSERT INTO head VALUES ('race', 0, '', '', 0)");
    const loser = transaction(sequencer, async (on) => {
      await on.query("SELECT size FROM head WHERE insurer = 'race'");
      await owner.query(add);
      await on.query(add);
    });
    const error = await loser.catch((caught) => caught);
    expect(error).toMatchObject({ code: "40001" });
    expect([isLostRace(error), isUnknownOutcome(error)]).toEqual([true, false]);
  });

  test("is a key that is already taken", async () => {
    await sequencer.query(insertCheckpoint, ["twice", 1n, root, 1n]);
    const error = await sequencer
      .query(insertCheckpoint, ["twice", 1n, root, 1n])
      .catch((caught) => caught);
    expect([error.code, isLostRace(error)]).toEqual(["23505", true]);
  });

  test("is not a refusal, a typing error or an outage", async () => {
    const refused = await app.query("DELETE FROM entry").catch((caught) => caught);
    expect([refused.code, isLostRace(refused)]).toEqual(["42501", false]);
    expect(isLostRace(new Unavailable("database", "gone"))).toBe(false);
    expect(isLostRace(undefined)).toBe(false);
  });
});

describe("an outage", () => {
  test("of a server that is not there is Unavailable, in a sentence", async () => {
    const nowhere = openPool({ url: "postgres://u:p@127.0.0.1:1/d" });
    const error = await nowhere.query("SELECT 1").catch((caught) => caught);
    await nowhere.end();
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toBe("database: it does not answer (ECONNREFUSED)");
  });

  test("of a connection that the server ends is Unavailable, and the pool recovers", async () => {
    const victim = openPool({ url: database.url("app"), max: 1 });
    const ended = transaction(victim, async (on) => {
      const { rows } = await on.query("SELECT pg_backend_pid() AS pid");
      await owner.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
      await on.query("SELECT 1");
    });
    const error = await ended.catch((caught) => caught);
    expect(error).toBeInstanceOf(Unavailable);
    expect(isUnknownOutcome(error)).toBe(false);
    expect((await victim.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
    await victim.end();
  });

  test("that a server says in one packet with its greeting fails the next statement, not the process", async () => {
    const word = (type: string, text: string): Buffer => {
      const body = Buffer.from(text, "latin1");
      const head = Buffer.alloc(5, type);
      head.writeInt32BE(body.length + 4, 1);
      return Buffer.concat([head, body]);
    };
    const greeting = [word("R", "\0\0\0\0"), word("Z", "I")];
    const lastWord = word("E", "SFATAL\0C57P01\0Mterminating connection\0\0");
    const dying = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(Buffer.concat([...greeting, lastWord])));
    });
    await new Promise<void>((resolve) => dying.listen(0, "127.0.0.1", resolve));
    const { port } = dying.address() as { port: number };
    const pool = openPool({ url: `postgres://u:p@127.0.0.1:${port}/d` });
    const lease = await pool.lease();
    await expect(lease.query("SELECT 1")).rejects.toBeInstanceOf(Unavailable);
    lease.release(true);
    await pool.end();
    dying.close();
  });

  test("of a statement that takes too long is Unavailable", async () => {
    const slow = openPool({ url: database.url("app"), statementTimeoutMs: 50 });
    await expect(slow.query("SELECT pg_sleep(5)")).rejects.toThrow(/took too long/);
    await slow.end();
  });
});

describe("a commit whose answer is lost", () => {
  let proxy: Server;
  let mode: "pass" | "cut before" | "cut after" = "pass";
  let through: Pool;

  /** Passes bytes on until a COMMIT comes along: then it breaks the connection before or after the server gets it. */
  function pass(client: Socket, server: Socket): void {
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    client.on("data", (chunk) => {
      const committing = mode !== "pass" && chunk.includes("COMMIT");
      if (committing && mode === "cut before") return cut();
      if (committing) server.prependOnceListener("data", cut);
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (!client.destroyed) client.write(chunk);
    });
    for (const socket of [client, server]) {
      socket.on("error", cut);
      socket.on("close", cut);
    }
  }

  beforeAll(async () => {
    const target = new URL(database.url("sequencer"));
    const port = Number(target.port);
    proxy = createServer((client) => pass(client, dial(port, "127.0.0.1")));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    target.port = String(typeof address === "object" ? address?.port : "");
    through = openPool({ url: target.href });
  });
  afterAll(async () => {
    await through.end();
    proxy.close();
  });

  test.each([
    ["cut before", []],
    ["cut after", [{ size: 1n }]],
  ] as const)("is unknown, whether it happened or not (%s)", async (how, kept) => {
    mode = how;
    const lost = transaction(through, (on) => on.query(insertCheckpoint, [how, 1n, root, 1n]));
    const error = await lost.catch((caught) => caught);
    mode = "pass";
    expect(error).toBeInstanceOf(CommitUnknown);
    expect([isUnknownOutcome(error), isLostRace(error)]).toEqual([true, false]);
    expect((await sizes(how)).rows).toEqual(kept);
  });

  test("is not what a refused commit is", async () => {
    await owner.query("CREATE TABLE deferred (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    const refused = transaction(owner, async (on) => {
      await on.query("INSERT INTO deferred VALUES (1), (1)");
    });
    const error = await refused.catch((caught) => caught);
    expect([error.code, isLostRace(error), isUnknownOutcome(error)]).toEqual([
      "23505",
      true,
      false,
    ]);
  });
});
