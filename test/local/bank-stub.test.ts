import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { instantRail } from "../../functions/adapters/rail/instant-rail.ts";
import {
  breakOf,
  friendly,
  hostile,
  messageBreaks,
  paymentBreaks,
} from "../../local/bank/behaviour.ts";
import { type BankStub, openBank } from "../../local/bank/stub.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { readMessage } from "../../shared/iso20022/message-reader.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";
import { statusReportReader } from "../../shared/iso20022/status-report.ts";
import { bookedIn, fileOf, leftBy } from "../contract/rail.ts";

const folder = mkdtempSync(join(tmpdir(), "bank-"));
const running: ChildProcess[] = [];
const open: BankStub[] = [];
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const bank of open) bank.close();
  rmSync(folder, { recursive: true });
});
const clock = () => 1_582_000_000_000_000n;
let banks = 0;
const opened = (behaviour = friendly): BankStub => {
  const bank = openBank(join(folder, `${banks++}`), behaviour, clock);
  open.push(bank);
  return bank;
};

/** A file of `count` payments with handles of their own. */
function manyOf(name: string, count: number) {
  const handle = (at: number) => `${name}${at.toString(16).padStart(31, "0")}`;
  const payments = Array.from({ length: count }, (_, at) => ({
    payout: handle(at),
    amount: { minor: 1_000n + BigInt(at), currency: "USD" as const },
    payee: { name: "Payee", account: "SIM0000000002" },
    day: 18_312n,
  }));
  const payer = { name: "Acme", account: "SIM0000000001" };
  return formatPaymentFile({ file: name.repeat(32), createdAt: clock(), payer, payments });
}

/** Every message a bank has to give, in the order it gives them. */
function allFrom(bank: BankStub): string[] {
  const texts: string[] = [];
  for (let round = 0; bank.pending() > 0 && round < 100; round++) {
    for (const { name, text } of bank.waiting("acme")) {
      texts.push(text);
      bank.forget("acme", name);
    }
    bank.nextRound("acme");
  }
  return texts;
}

/** Items of a message, or that it can't be read or believed. */
function itemsOf(text: string) {
  const reader = text.includes("camt.054") ? notificationReader() : statusReportReader();
  try {
    const items = readMessage<{ readonly kind: string }>(reader, utf8(text));
    return items.some(({ kind }) => kind === "discrepancy") ? "discrepancy" : items;
  } catch (error) {
    if (error instanceof Malformed) return "unreadable";
    throw error;
  }
}

describe("the friendly bank", () => {
  test("books what it takes, once, and says so at once", () => {
    const bank = opened();
    expect(bank.accept("acme", manyOf("a", 100))).toBe("taken");
    expect(bank.accept("acme", manyOf("a", 100))).toBe("known");
    const texts = allFrom(bank);
    expect(texts.map((text) => /pain\.002|camt\.054/.exec(text)?.[0]).sort()).toEqual([
      "camt.054",
      "pain.002",
    ]);
    expect(bookedIn(texts.map(utf8))).toHaveLength(100);
    expect(bank.injected()).toEqual([]);
  });

  test("a payment it knows is not done again in another file", () => {
    const bank = opened();
    bank.accept("acme", fileOf("1", "ab").bytes);
    expect(bank.conflicts()).toBe(0);
    expect(bank.accept("acme", fileOf("2", "bc").bytes)).toBe("conflict");
    expect(bank.conflicts()).toBe(1);
    expect(bank.booked().map(({ debits }) => debits)).toEqual([1, 1]);
  });

  test("says why it can't read a file", () => {
    const bank = opened();
    const bytes = utf8(Buffer.from(manyOf("a", 2)).toString().replace("<NbOfTxs>2", "<NbOfTxs>3"));
    expect(bank.accept("acme", bytes)).toBe("taken");
    expect(allFrom(bank)).toEqual([expect.stringMatching(/<GrpSts>RJCT.*<Cd>AM18<\/Cd>/)]);
    expect(bank.booked()).toEqual([]);
  });
});

describe("a hostile bank", () => {
  const run = (seed: string) => {
    const bank = opened(hostile(seed));
    for (const name of "abcdef") bank.accept("acme", manyOf(name, 60));
    return { texts: allFrom(bank), injected: bank.injected(), booked: bank.booked() };
  };

  test("comes back from its seed, and is another from another", () => {
    const first = run("one");
    expect(run("one")).toEqual(first);
    expect(run("two").injected).not.toEqual(first.injected);
  });

  test("makes every kind of break, each of a payment once, and says some things twice and out of order", () => {
    const { texts, injected } = run("one");
    const kinds = new Set(injected.map(({ kind }) => kind));
    const made = new Set([...paymentBreaks.map(breakOf), ...messageBreaks]);
    expect([...kinds].sort()).toEqual([...made].sort());
    expect(new Set(injected.map(({ subject }) => subject)).size).toBe(injected.length);
    expect(texts.length - new Set(texts).size).toBeGreaterThan(10);
    const spoiled = injected.filter(({ kind }) => kind === "unreadable" || kind === "wrong-totals");
    const wrong = [...new Set(texts)].map(itemsOf).filter((items) => typeof items === "string");
    expect(wrong).toHaveLength(spoiled.length);
  });

  test("books some payments higher than ordered, and some in part", () => {
    const { texts, injected } = run("one");
    const wrong = injected.filter(({ kind }) => kind === "amount-differs");
    const more = wrong.map(({ subject }) => {
      const ordered = 1_000 + Number.parseInt(subject.slice(1), 16);
      const debit = new RegExp(`${subject.toUpperCase()}</EndToEndId></Refs><Amt[^>]*>([0-9.]+)<`);
      const [, booked = ""] = texts.map((text) => debit.exec(text)).find((found) => found) ?? [];
      return Math.sign(Math.round(Number(booked) * 100) - ordered);
    });
    expect(new Set(more)).toEqual(new Set([1, -1]));
  });

  test("most of what it does is the life of payments, with refusals and returns", () => {
    const { booked, injected } = run("one");
    expect(injected.length).toBeLessThan(booked.length / 5);
    expect(
      booked.filter(({ debits, credits }) => debits === 1 && credits === 1).length,
    ).toBeGreaterThan(10);
    expect(booked.filter(({ debits }) => debits === 0).length).toBeGreaterThan(10);
  });
});

describe("the bank as its own process", () => {
  const start = async () => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "../../local/bank/main.ts"), "--folder", join(folder, "own")],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    running.push(child);
    const [line] = await once(child.stdout, "data");
    return { child, rail: instantRail((JSON.parse(String(line)) as { url: string }).url) };
  };

  test("does not forget through kill -9 what it acknowledged, and knows it again", async () => {
    const first = await start();
    const file = fileOf("7", "a");
    expect(await first.rail.send("acme", file)).toBe("sent");
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = await start();
    expect(await second.rail.send("acme", file)).toBe("sent");
    expect(bookedIn((await leftBy(second.rail, "acme")).values())).toEqual(["a".repeat(32)]);
    second.child.stdin.end();
    expect(await once(second.child, "exit")).toEqual([0, null]);
  });
});
