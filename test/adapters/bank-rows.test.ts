import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import type { BankRows, Break } from "../../shared/ports/bank-rows.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";

let database: FreshDatabase;
let owner: Pool;
let app: Pool;
let rows: BankRows;
beforeAll(async () => {
  database = await freshDatabase();
  owner = openPool({ url: database.superuserUrl, max: 2 });
  app = openPool({ url: database.url("app"), max: 4 });
  rows = bankRows(app);
});
afterAll(async () => {
  await Promise.all([owner, app].map((pool) => pool.end()));
  await database.drop();
});

const handle = (digit: string): string => digit.repeat(32);
const message = "0a".repeat(32);
/** A payout's row as far as banks are concerned. */
const payout = async (insurer: string, digit: string, status: string, file: string | null) =>
  owner.query(
    `INSERT INTO payout (insurer, stream, version, leaf_hash, ord, status, state, claim, file) VALUES ($1, $2, 1, '', 1, $3, '', '', $4)
     ON CONFLICT (insurer, stream) DO UPDATE SET status = $3`,
    [insurer, handle(digit), status, file],
  );
const unreadable: Break = { kind: "unreadable", about: null, message };

describe("payment files", () => {
  test("are unsent while one of their payouts is released and nobody sent them", async () => {
    await payout("files", "1", "released", handle("a"));
    await payout("files", "2", "settled", handle("a"));
    await payout("files", "3", "approved", null);
    await payout("files", "4", "released", handle("b"));
    await payout("others", "5", "released", handle("c"));
    expect(await rows.unsent("files", "", 10)).toEqual([handle("a"), handle("b")]);
    expect(await rows.unsent("files", "", 1)).toEqual([handle("a")]);
    expect(await rows.unsent("files", handle("a"), 10)).toEqual([handle("b")]);
    await rows.sent("files", handle("a"), message, 5n);
    await rows.sent("files", handle("a"), message, 6n);
    expect(await rows.unsent("files", "", 10)).toEqual([handle("b")]);
  });
});

describe("breaks", () => {
  test("are listed once each, and closed once", async () => {
    const early: Break = { kind: "returned-early", about: handle("1"), message };
    await rows.open("breaks", [unreadable, early, unreadable], 7n);
    await rows.open("breaks", [unreadable], 8n);
    expect(await rows.list("breaks", "open", 10)).toEqual([
      { ...early, openedAt: 7n, closedAt: null },
      { ...unreadable, openedAt: 7n, closedAt: null },
    ]);
    expect(await rows.close("breaks", early, 9n)).toBe(true);
    expect(await rows.close("breaks", early, 10n)).toBe(false);
    expect(await rows.list("breaks", "open", 10)).toHaveLength(1);
    // What is closed is not opened again by the same message.
    await rows.open("breaks", [early], 11n);
    expect(await rows.list("breaks", "all", 1)).toEqual([{ ...early, openedAt: 7n, closedAt: 9n }]);
    expect(await rows.list("others", "all", 10)).toEqual([]);
  });

  test("a payout nobody speaks of is one once its file was sent long ago, until somebody does", async () => {
    for (const digit of "123") await payout("late", digit, "released", handle("d"));
    await rows.sent("late", handle("d"), message, 100n);
    expect(await rows.openUnanswered("late", 100n, 200n)).toBe(0);
    // Of one of them something else is open: it was answered, wrongly.
    await rows.open("late", [{ kind: "amount-differs", about: handle("3"), message }], 150n);
    expect(await rows.openUnanswered("late", 101n, 200n)).toBe(2);
    expect(await rows.openUnanswered("late", 101n, 300n)).toBe(0);
    await payout("late", "1", "settled", handle("d"));
    await rows.closeAnswered("late", 400n);
    const unanswered = (await rows.list("late", "all", 10)).filter(
      ({ kind }) => kind === "unanswered",
    );
    expect(unanswered.map(({ about, closedAt }) => [about, closedAt])).toEqual([
      [handle("1"), 400n],
      [handle("2"), null],
    ]);
  });
});

describe("a reconciliation", () => {
  test("is frozen once, says each opening and closing once, and no more than it may", async () => {
    await payout("daily", "1", "settled", handle("e"));
    await payout("daily", "2", "released", handle("e"));
    await payout("daily", "3", "rejected", handle("e"));
    await payout("daily", "4", "approved", null);
    const about = (digit: string): Break => ({
      kind: "booked-twice",
      about: handle(digit),
      message,
    });
    await rows.open("daily", [about("1"), about("5"), about("6")], 1n);
    // Closed before anybody was told that it was opened: both are told, in this order.
    await rows.close("daily", about("6"), 2n);
    const first = await rows.freeze("daily", 1n, 50n, false, 2);
    expect(first).toEqual({
      number: 1n,
      day: 50n,
      payments: 3n,
      matched: 1n,
      opened: [about("1"), about("5")],
      closed: [],
    });
    // Broken off before it was recorded, it is the same when it is begun again.
    await rows.open("daily", [about("7")], 2n);
    await rows.close("daily", about("1"), 3n);
    expect(await rows.freeze("daily", 1n, 51n, false, 100)).toEqual(first);
    const second = await rows.freeze("daily", 2n, 50n, true, 100);
    expect(second).toMatchObject({
      matched: 2n,
      opened: [about("6"), about("7")],
      closed: [about("1"), about("6")],
    });
    // Nor when there is nothing more to say.
    expect(await rows.freeze("daily", 2n, 50n, true, 100)).toEqual(second);
    expect(await rows.freeze("daily", 3n, 50n, true, 100)).toBeUndefined();
    // Nothing new, but another day.
    expect(await rows.freeze("daily", 3n, 51n, false, 100)).toMatchObject({ opened: [] });
    expect(await rows.freeze("nobody", 1n, 51n, false, 100)).toBeUndefined();
  });

  test("two at once make one", async () => {
    await payout("racing", "1", "released", handle("f"));
    const many = [..."0123456789"].map(
      (digit): Break => ({ kind: "unknown-payment", about: null, message: digit.repeat(64) }),
    );
    await rows.open("racing", many, 1n);
    const frozen = await Promise.all(
      Array.from({ length: 4 }, () => rows.freeze("racing", 1n, 50n, false, 100)),
    );
    for (const each of frozen) expect(each).toEqual(frozen[0]);
    expect(frozen[0]?.opened).toHaveLength(10);
  });
});

test("what became of a message is kept as it was first", async () => {
  expect(await rows.seen("acme", message)).toBeUndefined();
  await rows.took("acme", message, "waiting", 1n);
  await rows.took("acme", message, "unreadable", 2n);
  await rows.took("acme", message, "recorded", 3n);
  expect(await rows.seen("acme", message)).toEqual({ outcome: "unreadable", receivedAt: 1n });
  expect(await rows.seen("other", message)).toBeUndefined();
});
