import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import type { DsqlStub } from "../../local/dsql/serve.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { formatRecord } from "../../shared/record/record.ts";
import { stubbedDsql } from "./stubbed-dsql.ts";

/*
 * Transactions that are no commands, against a stub of DSQL that lets some of their commits lose (OC000, OC001).
 */
let dsql: Awaited<ReturnType<typeof stubbedDsql>>;
let database: Pool;

beforeAll(async () => {
  dsql = await stubbedDsql();
  database = openPool({ url: dsql.database.superuserUrl, max: 2 });
});
afterEach(() => dsql.endAll());
afterAll(async () => {
  await database?.end();
  await dsql?.drop();
});

const app = (stub: DsqlStub): Pool => dsql.open(dsql.to(stub, { role: "countersign_app" }));

const handle = (digit: string): string => digit.repeat(32);
const payout = `INSERT INTO payout (insurer, stream, version, leaf_hash, ord, status, state, claim)
  VALUES ($1, $2, 1, '', 1, 'settled', '', '')`;
const reconciliations = async (insurer: string) =>
  (
    await database.query("SELECT number, payments FROM reconciliations WHERE insurer = $1", [
      insurer,
    ])
  ).rows;

test("a reconciliation is frozen once, whatever share of the commits is lost, and every break told once", async () => {
  const stub = await dsql.start({ seed: "frozen", share: 0.3 });
  const bank = bankRows(app(stub));
  for (const [nth, insurer] of Array.from({ length: 12 }, (_, n) => [n, `frozen-${n}`] as const)) {
    await database.query(payout, [insurer, handle("1")]);
    await bank.open(insurer, [{ kind: "returned-early", about: handle("1"), message: null }], 7n);
    const frozen = await bank.freeze(insurer, 1n, 20_000n, false, 100);
    expect([nth, frozen]).toMatchObject([nth, { number: 1n, payments: 1n, opened: [{}] }]);
    expect(await bank.freeze(insurer, 1n, 20_001n, false, 100)).toEqual(frozen);
    expect(await reconciliations(insurer)).toEqual([{ number: 1n, payments: 1n }]);
    expect(await bank.freeze(insurer, 2n, 20_001n, true, 100)).toBeUndefined();
  }
  expect(stub.lost()).toBeGreaterThan(12);
});

test("what always loses is given up after six times, with a sentence, and nothing of it stays", async () => {
  await database.query(payout, ["never", handle("1")]);
  const stub = await dsql.start({ seed: "never", share: 1 });
  const givenUp = {
    name: "Unavailable",
    message: "database: a transaction lost to others 6 times",
  };
  await expect(bankRows(app(stub)).freeze("never", 1n, 20_000n, false, 100)).rejects.toMatchObject(
    givenUp,
  );
  expect(stub.lost()).toBe(6);
  expect(await reconciliations("never")).toEqual([]);
  const store = postgresStore(app(stub));
  await expect(store.read("never", (on) => on.insurer())).rejects.toBeInstanceOf(Unavailable);
  expect(stub.lost()).toBe(12);
});

test("rows are handed out whole to each reading that begins anew, however often", async () => {
  const genesis = formatRecord({
    ...{ origin: "test.example/books", stream: handle("0"), version: 1n, prev: null },
    ...{ type: "log.genesis", time: "2026-11-25T10:00Z", actor: "machine" },
    body: {
      public: {
        insurer: "books",
        kind: "insurer",
        simulation: false,
        currency: "USD",
        keys: ["k"],
      },
    },
  });
  const entry = `INSERT INTO entry (insurer, idx, event_id, stream, version, leaf_hash, record)
    VALUES ('books', 0, 'e0', $1, 1, '', $2)`;
  await database.query(entry, [handle("0"), genesis]);
  const head =
    "INSERT INTO head (insurer, size, frontier, root, claimed_at) VALUES ($1, 1, '', '', 0)";
  await database.query(head, ["books"]);
  for (const digit of ["1", "2", "3"]) await database.query(payout, ["books", handle(digit)]);
  const stub = await dsql.start({ seed: "books", share: 0.4 });
  const rows = bookRows(app(stub));
  let begun = 0;
  for (let n = 0; n < 8; n++) {
    let seen: string[] = [];
    const cut = await rows.read("books", 0n, () => {
      begun++;
      const now: string[] = [];
      seen = now;
      return async ({ stream }) => void now.push(stream);
    });
    expect(cut).toMatchObject({ size: 1n, openedIn: "2026-11-25", waitsFor: null });
    expect(seen).toEqual(["1", "2", "3"].map(handle));
  }
  expect(stub.lost()).toBeGreaterThan(4);
  expect(begun).toBe(8 + stub.lost());
});
