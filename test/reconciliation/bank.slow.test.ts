import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { eraserRows } from "../../functions/adapters/postgres/eraser-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { instantRail } from "../../functions/adapters/rail/instant-rail.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { payoutState } from "../../functions/insurer/payout-reading.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { type CollectPorts, collect } from "../../functions/reconciliation/collect.ts";
import { reconcile } from "../../functions/reconciliation/reconcile.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import {
  type Behaviour,
  breakOf,
  friendly,
  hostile,
  paymentBreaks,
} from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { formatNotification } from "../../local/bank/notification.ts";
import { serveBank } from "../../local/bank/serve.ts";
import { type BankStub, openBank } from "../../local/bank/stub.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { folderInbox } from "../../local/objects/inbox.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatAmount } from "../../shared/base/money.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { parseRecord } from "../../shared/record/record.ts";
import {
  machine,
  openInsurer,
  random,
  startPlatform,
  type TestPlatform,
} from "../command/platform.ts";
import { cancelOn, eraseNow, someOperator, stepOn } from "../eraser/ends.ts";
import { approved, released, stateOf } from "./paying.ts";

let platform: TestPlatform;
let pool: Pool;
const home = mkdtempSync(join(tmpdir(), "reconciliation-"));
const banks: BankStub[] = [];
beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("app"), max: 4 });
});
afterAll(async () => {
  for (const bank of banks) bank.close();
  await pool.end();
  await platform.close();
  rmSync(home, { recursive: true });
});

/** An insurer with a bank of its own. */
async function opened(name: string, behaviour: Behaviour) {
  const { ports } = platform;
  const insured = await openInsurer(ports, { insurer: name, limit: null, paying: true });
  const bank = openBank(join(home, name, "bank"), behaviour, ports.clock);
  banks.push(bank);
  const [out, inbox] = [folderStore(join(home, name, "out")), folderStore(join(home, name, "in"))];
  const rail = fileRail(out, folderInbox(join(home, name, "in")));
  const collecting: CollectPorts = { commands: ports, rows: bankRows(pool), rail };
  const turn = () => takeTurn(bank, { out, inbox });
  /** Sends, has the bank answer and collects, until the bank has nothing more to say. */
  const settle = async (): Promise<void> => {
    await sendUnsent(collecting, name);
    for (let round = 0; round < 40; round++) {
      await turn();
      await collect(collecting, name);
      if (bank.pending() === 0 && bank.customers().length > 0) break;
    }
    // What still waits is waited for no longer.
    await collect(collecting, name, 0n);
  };
  return { insured, ports, bank, out, inbox, collecting, turn, settle };
}

const openBreaks = async (name: string) =>
  (await bankRows(pool).list(name, "open", 1_000))
    .map(({ kind, about, message }) => ({ kind, subject: about ?? message }))
    .sort((a, b) => (`${a.kind}${a.subject}` < `${b.kind}${b.subject}` ? -1 : 1));

/** Changes each message that waits for `name`. */
async function rewritten(
  inbox: ObjectStore,
  name: string,
  change: (text: string) => string,
): Promise<void> {
  for await (const key of inbox.list(`${name}/`)) {
    const found = await inbox.get(key);
    await inbox.delete(key);
    await inbox.putIfAbsent(key, utf8(change(fromUtf8(found?.bytes ?? utf8("")))));
  }
}

/** A notification whose entry of `from` is one of `to`, and whose totals say so. */
const withAmount = (text: string, from: string, to: string): string => {
  const hundredths = (decimal: string) => BigInt(decimal.replace(".", ""));
  return text
    .replaceAll(`>${from}</Amt>`, `>${to}</Amt>`)
    .replaceAll(/<Sum>([0-9.]+)/g, (_, sum: string) => {
      const digits = `${hundredths(sum) - hundredths(from) + hundredths(to)}`;
      return `<Sum>${digits.slice(0, -2)}.${digits.slice(-2)}`;
    });
};

/** What reconciliations of an insurer's log say. */
async function recorded(name: string): Promise<Record<string, unknown>[]> {
  const row = await platform.ports.store.transaction(name, (on) => on.insurer());
  const records = await platform.ports.store.records(name, row?.stream ?? "");
  return records
    .map(({ record }) => parseRecord(record))
    .filter(({ type }) => type === "reconciliation.recorded")
    .map(({ body }) => ("public" in body ? (body.public as Record<string, unknown>) : {}));
}

/** The same at one moment: a test that runs over midnight would find a day more to reconcile. */
function onOneDay<Ports extends { clock(): bigint }>(ports: Ports): Ports {
  const now = ports.clock();
  return { ...ports, clock: () => now };
}

describe("with a friendly bank", () => {
  test("what is released is paid by a file and booked, and nothing is left over", async () => {
    const { ports, insured, collecting, settle, bank } = await opened("friendly", friendly);
    const payouts = await approved(ports, insured, 5);
    await released(ports, "friendly", payouts.slice(0, 3));
    await released(ports, "friendly", payouts.slice(3));
    await settle();
    for (const payout of payouts) {
      expect((await stateOf(ports, "friendly", payout)).status).toBe("settled");
    }
    expect(bank.booked().map(({ debits }) => debits)).toEqual([1, 1, 1, 1, 1]);
    const once = onOneDay(ports);
    expect(await reconcile(once, collecting.rows, "friendly", 0n)).toBe(1);
    expect(await openBreaks("friendly")).toEqual([]);
    expect(await recorded("friendly")).toMatchObject([
      { number: "1", payments: "5", matched: "5", opened: [], closed: [] },
    ]);
    // Once a day is enough, and nothing is sent twice.
    expect(await reconcile(once, collecting.rows, "friendly", 0n)).toBe(0);
    expect(await sendUnsent(collecting, "friendly")).toBe(0);
  });
});

describe("with a hostile bank", () => {
  test("exactly the breaks it makes are found, each once; all else is the life of payments", async () => {
    const { ports, insured, collecting, settle, bank } = await opened("hostile", {
      ...hostile("seed"),
      // Every third payment is a break, of each kind in turn.
      fateOf: (customer, nth) =>
        nth % 3 === 0
          ? (paymentBreaks[(nth / 3) % paymentBreaks.length] ?? "settled")
          : hostile("seed").fateOf(customer, nth),
    });
    const payouts = await approved(ports, insured, 25);
    for (let from = 0; from < 25; from += 5) {
      await released(ports, "hostile", payouts.slice(from, from + 5));
    }
    await settle();
    const once = onOneDay(ports);
    expect(await reconcile(once, collecting.rows, "hostile", 0n)).toBeGreaterThan(0);
    const injected = [...bank.injected()];
    const kinds = new Set(injected.map(({ kind }) => kind));
    expect(paymentBreaks.filter((fate) => !kinds.has(breakOf(fate)))).toEqual([]);
    // One amount too high, one booked in part.
    expect(injected.filter(({ kind }) => kind === "amount-differs").length).toBeGreaterThan(1);
    expect(await openBreaks("hostile")).toEqual(injected);
    const [first] = await recorded("hostile");
    expect(first?.opened).toHaveLength(injected.length);
    // What the bank booked, and nothing else, is what our books say was paid.
    const wrong = new Set(injected.map(({ subject }) => subject));
    for (const { endToEndId, debits, credits } of bank.booked()) {
      const payout = endToEndId.toLowerCase();
      if (wrong.has(payout)) continue;
      const { status } = await stateOf(ports, "hostile", payout);
      const life = debits === 0 ? "rejected" : credits === 0 ? "settled" : "returned";
      expect([payout, status]).toEqual([payout, life]);
    }
    expect(await reconcile(once, collecting.rows, "hostile", 0n)).toBe(0);
  }, 60_000);
});

describe("with an instant rail", () => {
  test("payments go one by one over a network that loses requests and answers, and are paid once", async () => {
    const { ports, insured, bank, collecting } = await opened("instant", friendly);
    const faults = { seed: "network", lost: 0.2, kept: 0.2 };
    const door = await serveBank(bank, { faults });
    const instant = { ...collecting, rail: instantRail(door.url) };
    let outages = 0;
    const again = async (work: () => Promise<number>): Promise<void> => {
      for (let done = false; !done; ) {
        done = await work().then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof Unavailable)) throw error;
            outages++;
            return false;
          },
        );
      }
    };
    try {
      const payouts = await approved(ports, insured, 4);
      for (const payout of payouts.slice(0, 2)) await released(ports, "instant", [payout]);
      // Two payments in one file are more than this rail carries: nothing of it goes.
      const two = await released(ports, "instant", payouts.slice(2));
      await again(() => sendUnsent(instant, "instant"));
      await again(() => collect(instant, "instant"));
      const statuses = await Promise.all(
        payouts.map(async (payout) => (await stateOf(ports, "instant", payout)).status),
      );
      expect(statuses).toEqual(["settled", "settled", "released", "released"]);
      expect(await openBreaks("instant")).toEqual([{ kind: "file-conflict", subject: two }]);
      expect(bank.booked().map(({ debits }) => debits)).toEqual([1, 1]);
      expect([bank.conflicts(), outages > 0]).toEqual([0, true]);
    } finally {
      await door.stop();
    }
  });
});

describe("a message", () => {
  test("that speaks of nobody's payout, or can't be believed, is a break and nothing else", async () => {
    const { ports, insured, collecting, inbox } = await opened("odd", friendly);
    const payouts = await approved(ports, insured, 1);
    await released(ports, "odd", payouts);
    const bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>';
    await inbox.putIfAbsent("odd/a", utf8(bomb));
    await inbox.putIfAbsent("odd/b", utf8(bomb));
    await inbox.putIfAbsent("odd/c", new Uint8Array(0));
    expect(await collect(collecting, "odd")).toBe(3);
    expect((await openBreaks("odd")).map(({ kind }) => kind)).toEqual(["unreadable", "unreadable"]);
    expect((await stateOf(ports, "odd", payouts[0] ?? "")).status).toBe("released");
    expect(await collect(collecting, "odd")).toBe(0);
    // What can't be read is kept for whoever asks the bank.
    const kept = readdirSync(join(home, "odd", "in", "~unreadable"));
    expect(kept.sort()).toEqual(["odd a", "odd b", "odd c"]);
  });

  test("a return before its booking waits with the bank, and is taken in after it", async () => {
    const { ports, insured, collecting, bank, out, inbox } = await opened("early", {
      ...friendly,
      fateOf: () => "returned",
      delay: (_, what) => (what === "payment 0" ? 2 : 0),
    });
    const payouts = await approved(ports, insured, 1);
    await released(ports, "early", payouts);
    await sendUnsent(collecting, "early");
    const status = async () => (await stateOf(ports, "early", payouts[0] ?? "")).status;
    await takeTurn(bank, { out, inbox });
    await collect(collecting, "early");
    expect(await status()).toBe("released");
    for (let round = 0; round < 3; round++) {
      await takeTurn(bank, { out, inbox });
      await collect(collecting, "early");
    }
    await collect(collecting, "early");
    expect(await status()).toBe("returned");
    expect(await openBreaks("early")).toEqual([]);
    expect((await inbox.list("early/")[Symbol.asyncIterator]().next()).done).toBe(true);
  });

  test("that takes a double booking back closes the break, and returns nothing", async () => {
    const { ports, insured, collecting, settle } = await opened("corrected", {
      ...friendly,
      fateOf: () => "corrected",
    });
    const payouts = await approved(ports, insured, 2);
    await released(ports, "corrected", payouts);
    await settle();
    for (const payout of payouts) {
      expect((await stateOf(ports, "corrected", payout)).status).toBe("settled");
    }
    const all = await collecting.rows.list("corrected", "all", 10);
    expect(all.map(({ kind, closedAt }) => [kind, closedAt !== null])).toEqual([
      ["booked-twice", true],
      ["booked-twice", true],
    ]);
    await reconcile(ports, collecting.rows, "corrected", 0n);
    expect(await recorded("corrected")).toMatchObject([
      { payments: "2", matched: "2", opened: [{}, {}], closed: [{}, {}] },
    ]);
  });

  test("on another account of ours moves nothing, and is a break", async () => {
    const { ports, insured, collecting, bank, inbox, turn } = await opened("account", friendly);
    const [payout = ""] = await approved(ports, insured, 1);
    await released(ports, "account", [payout]);
    await sendUnsent(collecting, "account");
    await turn();
    const { account } = (await stateOf(ports, "account", payout)).payer ?? { account: "" };
    await rewritten(inbox, "account", (text) =>
      text.replace(`<IBAN>${account}`, "<IBAN>NL91ABNA0417164300"),
    );
    await collect(collecting, "account");
    expect((await stateOf(ports, "account", payout)).status).toBe("released");
    expect((await openBreaks("account")).map(({ kind }) => kind)).toEqual(["other-account"]);
    expect(bank.booked()).toHaveLength(1);
  });

  test.each(["settled", "rejected"] as const)(
    "one line of which (%s) has an amount beyond int64 is a break of that line: the others move",
    async (fate) => {
      const name = `beyond-${fate}`;
      const { ports, insured, collecting, inbox, turn } = await opened(name, {
        ...friendly,
        fateOf: () => fate,
      });
      const payouts = await approved(ports, insured, 3);
      await released(ports, name, payouts);
      await sendUnsent(collecting, name);
      await turn();
      const [payout = "", ...others] = payouts;
      const { amount } = await stateOf(ports, name, payout);
      const beyond = "92233720368547758.08";
      await rewritten(inbox, name, (text) =>
        fate === "settled"
          ? withAmount(text, formatAmount(amount.minor, amount.currency), beyond)
          : text.replace(
              new RegExp(`(${payout.toUpperCase()}.*?)</TxInfAndSts>`),
              `$1<OrgnlTxRef><Amt><InstdAmt Ccy="USD">${beyond}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>`,
            ),
      );
      await collect(collecting, name);
      const status = async (one: string) => (await stateOf(ports, name, one)).status;
      expect([await status(payout), ...(await Promise.all(others.map(status)))]).toEqual([
        ...["released", fate, fate],
      ]);
      expect(await openBreaks(name)).toEqual([{ kind: "amount-differs", subject: payout }]);
      expect((await stateOf(ports, name, payout)).breaks).toMatchObject([{ said: fate }]);
    },
  );

  test("about a payout whose row was changed stays, and holds up no other; nor does a file", async () => {
    const { ports, insured, collecting, bank, inbox, turn } = await opened("altered", friendly);
    const payouts = await approved(ports, insured, 2);
    const files = await Promise.all(payouts.map((payout) => released(ports, "altered", [payout])));
    const first = files[0] === [...files].sort()[0] ? 0 : 1;
    const [changed = "", whole = ""] = [payouts[first], payouts[1 - first]];
    const owner = openPool({ url: platform.superuserUrl, max: 1 });
    const swap = (to: string) =>
      owner.query(`UPDATE payout SET state = ${to} WHERE stream = $1`, [changed]);
    await swap("'x' || state");
    await expect(sendUnsent(collecting, "altered")).rejects.toThrow(Malformed);
    await turn();
    await collect(collecting, "altered");
    expect((await stateOf(ports, "altered", whole)).status).toBe("settled");
    await swap("substr(state, 2)");
    expect(await sendUnsent(collecting, "altered")).toBe(1);
    await turn();
    await swap("'x' || state");
    // One comes before the bank's own message by its name, and one after.
    for (const name of ["0", "zzz"]) await inbox.putIfAbsent(`altered/${name}.xml`, utf8(name));
    await expect(collect(collecting, "altered")).rejects.toThrow(Malformed);
    expect((await openBreaks("altered")).map(({ kind }) => kind)).toEqual([
      "unreadable",
      "unreadable",
    ]);
    await swap("substr(state, 2)");
    await owner.end();
    await collect(collecting, "altered");
    expect((await stateOf(ports, "altered", changed)).status).toBe("settled");
    expect(bank.booked().map(({ debits }) => debits)).toEqual([1, 1]);
    expect((await inbox.list("altered/")[Symbol.asyncIterator]().next()).done).toBe(true);
  });

  test("about a payout of somebody who was erased is a break, and the other payouts in it have their turn", async () => {
    const { ports, insured, collecting, settle, inbox } = await opened("forgotten", friendly);
    const person = newHandle(random);
    const policy = newHandle(random);
    const terms = { ...insured.terms, insured: person, parties: [{ role: "insured", person }] };
    await addPolicy(ports, "forgotten", policy, terms as typeof insured.terms, machine());
    const [gone = ""] = await approved(ports, insured, 1);
    const [kept = ""] = await approved(ports, { ...insured, policy, insured: person }, 1);
    await released(ports, "forgotten", [gone, kept]);
    await settle();
    const { claim, payer } = await stateOf(ports, "forgotten", gone);
    await stepOn(ports, someOperator(ports, "forgotten"), claim, "close");
    await cancelOn(ports, someOperator(ports, "forgotten"), insured.policy);
    const erasing = openPool({ url: platform.url("eraser"), max: 2 });
    const eraser = {
      rows: eraserRows(erasing),
      keys: ports.keys,
      sealed: memoryStore(),
      evidence: memoryStore(),
      auditing: memoryStore(),
      jobs: memoryStore(),
    };
    const classes = ["identity-and-health", "financial"] as const;
    expect(await eraseNow(ports, eraser, "forgotten", insured.insured, classes)).toBeGreaterThan(0);
    await erasing.end();
    const amount = { minor: 1_000n, currency: "USD" } as const;
    const payments = [gone, kept].map((each) => ({ endToEndId: each.toUpperCase(), amount }));
    const back = { direction: "CRDT" as const, bookedOn: 18_312n, reference: "E1" };
    const message = formatNotification({
      messageId: "BACK-1",
      createdAt: "2020-02-20T12:00:00Z",
      account: { iban: payer?.account ?? "" },
      entries: [{ ...back, amount: { ...amount, minor: 2_000n }, payments }],
    });
    await inbox.putIfAbsent("forgotten/back.xml", utf8(message));
    expect(await collect(collecting, "forgotten")).toBe(1);
    expect((await stateOf(ports, "forgotten", kept)).status).toBe("returned");
    expect((await openBreaks("forgotten")).map(({ kind }) => kind)).toEqual(["unknown-payment"]);
    const shown = (payout: string) => payoutState(ports, "forgotten", payout);
    expect(await shown(gone)).toMatchObject({ refused: "erased" });
    expect(await shown(newHandle(random))).toMatchObject({ refused: "not-found" });
    expect(await shown(kept)).toMatchObject({ state: { status: "returned" } });
  });

  test("a file the bank has under other bytes is a break", async () => {
    const { ports, insured, collecting, out } = await opened("taken", friendly);
    const file = await released(ports, "taken", await approved(ports, insured, 1));
    await out.putIfAbsent(`taken/${file.toUpperCase()}.xml`, utf8("something else"));
    expect(await sendUnsent(collecting, "taken")).toBe(1);
    expect(await openBreaks("taken")).toEqual([{ kind: "file-conflict", subject: file }]);
    const [stored] = [await out.get(`taken/${file.toUpperCase()}.xml`)];
    expect(fromUtf8(stored?.bytes ?? utf8(""))).toBe("something else");
  });
});

test("a clock that was a day ahead holds up no later reconciliation", async () => {
  const { ports, insured, collecting } = await opened("clock", friendly);
  await released(ports, "clock", await approved(ports, insured, 1));
  await sendUnsent(collecting, "clock");
  const ahead = { ...ports, clock: () => ports.clock() + 86_400_000_000n };
  expect(await reconcile(ahead, collecting.rows, "clock")).toBe(1);
  expect(await reconcile(ports, collecting.rows, "clock")).toBe(0);
  const message = "0a".repeat(32);
  await collecting.rows.open("clock", [{ kind: "unreadable", about: null, message }], 1n);
  expect(await reconcile(ports, collecting.rows, "clock")).toBe(1);
  const [first, second] = await recorded("clock");
  expect(second?.day).toBe(first?.day);
});

test("of two that reconcile at once, one makes the record and the other says that it made none", async () => {
  const { ports, insured, collecting } = await opened("twice", friendly);
  await released(ports, "twice", await approved(ports, insured, 1));
  await sendUnsent(collecting, "twice");
  const { rows } = collecting;
  let others: number | undefined;
  const overtaken: typeof rows = {
    ...rows,
    freeze: async (...of) => {
      const frozen = await rows.freeze(...of);
      others ??= await reconcile(ports, rows, "twice");
      return frozen;
    },
  };
  expect([await reconcile(ports, overtaken, "twice"), others]).toEqual([0, 1]);
  expect(await recorded("twice")).toHaveLength(1);
});

test("more payouts than one statement may change are all missed, and all found again", async () => {
  const { ports, collecting } = await opened("crowd", friendly);
  const changed: number[] = [];
  const watched: Pool = {
    ...pool,
    query: async (text, values) => {
      const result = await pool.query<never>(text, values);
      if (/^(INSERT|UPDATE)/.test(text)) changed.push(result.rowCount);
      return result;
    },
  };
  const rows = { ...collecting.rows, ...bankRows(watched) };
  const file = newHandle(random);
  const owner = openPool({ url: platform.superuserUrl, max: 1 });
  await owner.query(
    `INSERT INTO payout (insurer, stream, version, leaf_hash, ord, status, state, claim, file)
     SELECT 'crowd', md5(n::text), 1, '', 1, 'released', '', '', $1 FROM generate_series(1, 1001) AS n`,
    [file],
  );
  await rows.sent("crowd", file, "0a".repeat(32), 1n);
  const unanswered = async (which: "open" | "all") =>
    (await rows.list("crowd", which, 2_000)).length;
  expect(await reconcile(ports, rows, "crowd", 0n)).toBe(11);
  expect(await unanswered("open")).toBe(1_001);
  await owner.query("UPDATE payout SET status = 'settled' WHERE insurer = 'crowd'");
  await owner.end();
  expect(await reconcile(ports, rows, "crowd", 0n)).toBe(11);
  expect([await unanswered("open"), await unanswered("all")]).toEqual([0, 1_001]);
  expect(Math.max(...changed)).toBe(1_000);
});
