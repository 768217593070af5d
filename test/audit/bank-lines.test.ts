import { describe, expect, test } from "@jest/globals";
import { payoutWorld } from "../../shared/audit/reader.ts";
import { ToldBreaks } from "../../shared/audit/told-breaks.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { dayOf } from "../../shared/base/day.ts";
import { formatMinute } from "../../shared/base/instant.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { BankLine } from "../../shared/payout/bank-line.ts";
import type { Reported } from "../../shared/payout/forms.ts";
import {
  breakPayout,
  closeBreak,
  reportPayout,
  reversePayout,
} from "../../shared/payout/report.ts";
import {
  type Reconciliation,
  recordReconciliation,
  type ToldBreak,
} from "../../shared/policy/reconciliation.ts";
import { releaser } from "../payout/sample.ts";
import { byMachine, byPerson, handle, minute, noon } from "../policy/sample.ts";
import { type BundleOptions, bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { staff, Walk } from "./walk.ts";

const [claim, payout] = [handle("3"), handle("c")];
const message = "0a".repeat(32);
const machine = byMachine();
const released = "300";
const booked = (reference: string, decimal: string): BankLine => ({
  report: "settled",
  amount: { currency: "USD", decimal },
  reference,
  message,
});

/** A log in which a bank books another amount, then the right one, then that again; `forge` may change what each record says. */
async function booking(forge = (content: Reported, _: string): Reported => content): Promise<Walk> {
  const walk = new Walk();
  await walk.decided(claim);
  await walk.released(claim, payout, releaser);
  const say = async (name: string, said: BankLine, record: typeof reportPayout): Promise<void> => {
    const world = await payoutWorld(walk.reader, payout);
    const event = world && record(world, said, machine);
    // After a forged record the next need not follow.
    if (!event || isRefusal(event)) return;
    walk.take(name, { ...event, content: forge(event.content as Reported, name) }, machine);
  };
  const world = await payoutWorld(walk.reader, payout);
  expect(`${(world?.payout.state.amount.minor ?? 0n) / 100n}`).toBe(released);
  await say("wrong", booked("BK1", "1"), breakPayout);
  await say("settled", booked("BK2", released), reportPayout);
  await say("again", booked("BK3", released), breakPayout);
  await say("taken back", { ...booked("BK4", released), report: "returned" }, reversePayout);
  const clerk = byPerson(handle("9"));
  const closing = await payoutWorld(walk.reader, payout);
  const closed = closing && closeBreak(closing, 1n, "the bank took it back by letter", clerk);
  if (closed && !isRefusal(closed)) walk.take("closed", closed, clerk);
  return walk;
}

const audited = ({ items, packs }: Walk) => findingsIn(bundleOf(entriesOf(items), { packs }));
const foundAt = async (name: string, forged: Partial<Reported>): Promise<void> => {
  const walk = await booking((content, at) => {
    const { break: broken, ...rest } = { ...content, ...forged };
    if (at !== name) return content;
    return broken ? { ...rest, break: broken } : rest;
  });
  expect(await audited(walk)).toContainEqual(expect.stringMatching(`^${walk.at(name)} `));
};

test("breaks that are such are re-executed without a finding", async () => {
  const walk = await booking();
  expect(walk.items.map(({ type }) => type).slice(-5)).toEqual([
    ...new Array(4).fill("payout.reported"),
    "payout.break-closed",
  ]);
  expect(await audited(walk)).toEqual([]);
});

test("a break that is recorded as a payment, or as another break, is found", async () => {
  await foundAt("wrong", { report: "settled", break: undefined });
  await foundAt("wrong", { break: { kind: "contradicted", said: "settled" } });
  await foundAt("again", { break: { kind: "amount-differs", said: "settled" } });
});

test("a break that is none is found: the amount is right, or nothing was said before", async () => {
  await foundAt("settled", { report: "break", break: { kind: "amount-differs", said: "settled" } });
  await foundAt("wrong", { amount: booked("BK1", released).amount });
});

test("a second booking taken back that is recorded as a return of the payout is found, and so is one where none was booked", async () => {
  await foundAt("taken back", { report: "returned" });
  await foundAt("again", { report: "reversed", break: undefined });
});

test("a break that is closed twice, or by nobody who may, is found", async () => {
  const walk = await booking();
  const at = walk.at("closed");
  const forged = (over: Record<string, Json>) => ({
    ...walk,
    packs: walk.packs,
    items: walk.items.map((item, index) =>
      index === at ? { ...item, fields: { ...item.fields, ...over } } : item,
    ),
  });
  for (const over of [{ number: "2" }, { number: "9" }]) {
    const { items, packs } = forged(over);
    const found = await findingsIn(bundleOf(entriesOf(items), { packs }));
    expect(found).toContainEqual(`${at} refused`);
  }
});

test("a payment of another amount than was released is found", async () => {
  await foundAt("settled", { amount: { currency: "USD", decimal: "299.99" } });
  await foundAt("settled", { amount: { currency: "EUR", decimal: released } });
});

/** The log with a reconciliation that tells `opened`, of a day and index of its own. */
async function reconciled(
  opened: readonly ToldBreak[],
  days = 0n,
  options: BundleOptions = {},
  over: Partial<Reconciliation> = {},
): Promise<readonly string[]> {
  const walk = await booking();
  const now = noon + days * 86_400_000_000n + 10n * minute;
  const tell = async (name: string, number: bigint, told: readonly ToldBreak[]): Promise<void> => {
    const counts = { number, day: dayOf(now), payments: 1n, matched: 0n };
    const content = { ...counts, opened: [...told], closed: [], ...over };
    const event = recordReconciliation(await walk.reader.insurer(), content);
    walk.take(name, event, byMachine(now));
  };
  await tell("reconciled", 1n, opened);
  await walk.publishBands("later", byPerson(staff, now + 10n * minute));
  const { items, packs } = walk;
  const found = await findingsIn(bundleOf(entriesOf(items), { packs, ...options }));
  return found.map((each) => {
    const [index, code] = each.split(" ");
    const names = ["wrong", "again", "reconciled"].filter((name) => `${walk.at(name)}` === index);
    return `${names[0] ?? index} ${code}`;
  });
}

const shown: readonly ToldBreak[] = [
  { kind: "amount-differs", about: payout, message },
  { kind: "booked-twice", about: payout, message },
];

test("a reconciliation tells the breaks that payouts show, and no others", async () => {
  expect(await reconciled(shown, 3n)).toEqual([]);
  const others: ToldBreak[] = [
    { kind: "contradicted", about: payout, message },
    { kind: "amount-differs", about: claim, message },
    { kind: "amount-differs", about: payout, message: "0b".repeat(32) },
  ];
  for (const other of others) {
    expect(await reconciled([...shown, other])).toEqual(["reconciled reconciliation-differs"]);
  }
  // What rests on messages alone is not in the log.
  const foreign: ToldBreak[] = [
    { kind: "unanswered", about: payout, message: null },
    { kind: "unknown-payment", about: null, message },
  ];
  expect(await reconciled([...shown, ...foreign])).toEqual([]);
});

test("a break that no reconciliation tells is found, once it had two days for it", async () => {
  expect(await reconciled(shown.slice(0, 1), 1n)).toEqual([]);
  expect(await reconciled(shown.slice(0, 1), 3n)).toEqual(["again reconciliation-differs"]);
});

test("a reconciliation counts no payment that was not released, and closes nothing that it did not open", async () => {
  const differs = ["reconciled reconciliation-differs"];
  expect(await reconciled(shown, 0n, {}, { payments: 2n })).toEqual(differs);
  const [closed] = shown;
  if (!closed) throw new Error("none shown");
  expect(await reconciled(shown, 0n, {}, { closed: [closed] })).toEqual([]);
  const other = { ...closed, kind: "contradicted" as const };
  expect(await reconciled(shown, 0n, {}, { closed: [other] })).toEqual(differs);
});

test("an insurer that reconciles nothing is found, by breaks two days old, and by payouts that no bank answered for a week", async () => {
  const unreconciled = async (days: bigint, reports: boolean): Promise<string[]> => {
    const walk = await booking();
    await walk.publishBands("later", byPerson(staff, noon + days * 86_400_000_000n + 10n * minute));
    const { items, packs } = walk;
    const kept = items.filter(
      ({ type }) => reports || (type !== "payout.reported" && type !== "payout.break-closed"),
    );
    const found = await findingsIn(bundleOf(entriesOf(kept), { packs }));
    return found.map((each) => each.split(" ")[1] ?? "");
  };
  expect(await unreconciled(1n, true)).toEqual([]);
  expect(await unreconciled(4n, true)).toEqual(new Array(2).fill("reconciliation-differs"));
  expect(await unreconciled(6n, false)).toEqual([]);
  expect(await unreconciled(9n, false)).toEqual(["reconciliation-differs"]);
});

test("a payout that no bank answered for a week is no finding where a reconciliation misses it", async () => {
  const walk = await booking();
  const now = noon + 9n * 86_400_000_000n;
  const counts = { number: 1n, day: dayOf(now), payments: 1n, matched: 0n, closed: [] };
  const told: ToldBreak[] = [{ kind: "unanswered", about: payout, message: null }];
  const event = recordReconciliation(await walk.reader.insurer(), { ...counts, opened: told });
  walk.take("reconciled", event, byMachine(now));
  await walk.publishBands("later", byPerson(staff, now + 10n * minute));
  const { items, packs } = walk;
  const silent = items.filter(
    ({ type }) => type !== "payout.reported" && type !== "payout.break-closed",
  );
  expect(await findingsIn(bundleOf(entriesOf(silent), { packs }))).toEqual([]);
  const untold = silent.filter(({ type }) => type !== "reconciliation.recorded");
  expect(await findingsIn(bundleOf(entriesOf(untold), { packs }))).toHaveLength(1);
});

describe("what reconciliations count", () => {
  const [early, other] = [handle("a"), handle("b")];
  /** Findings of a log that releases two payouts, one `apartMinutes` after the other, between which a reconciliation counts both. */
  const counted = (apartMinutes: number): number => {
    const told = new ToldBreaks();
    const at = (minutes: number) => formatMinute(noon + BigInt(minutes) * minute);
    told.take(0n, { type: "payout.released", stream: early }, {}, at(0));
    const said = {
      number: 1n,
      day: dayOf(noon),
      payments: 2n,
      matched: 0n,
      opened: [],
      closed: [],
    };
    told.take(1n, { type: "reconciliation.recorded", stream: other }, said, at(1));
    told.take(2n, { type: "payout.released", stream: other }, {}, at(1 + apartMinutes));
    return told.findings("acme", noon + 60n * minute).length;
  };

  test("are releases up to then, by clocks that differ by five minutes at most", () => {
    expect([4, 5, 6].map(counted)).toEqual([0, 0, 1]);
  });

  test("are the breaks of payouts that have no more than they remember", () => {
    const message = (at: number) => at.toString(16).padStart(64, "0");
    const of = (breaks: number): number => {
      const told = new ToldBreaks();
      const shown = Array.from({ length: breaks }, (_, at) => ({
        kind: "amount-differs" as const,
        about: early,
        message: message(at),
      }));
      const time = formatMinute(noon);
      told.take(0n, { type: "payout.released", stream: early }, {}, time);
      for (const [at, { kind, message }] of shown.entries()) {
        const content = { break: { kind, said: "settled" }, message };
        told.take(BigInt(at + 1), { type: "payout.reported", stream: early }, content, time);
      }
      const beyond = {
        ...shown[0],
        kind: "booked-twice" as const,
        about: early,
        message: message(99),
      };
      const said = { number: 1n, day: dayOf(noon), payments: 1n, matched: 0n, closed: [] };
      const content = { ...said, opened: [...shown, beyond] };
      told.take(50n, { type: "reconciliation.recorded", stream: other }, content, time);
      return told.findings("acme", noon + 60n * minute).length;
    };
    expect([15, 16].map(of)).toEqual([1, 0]);
  });
});

test("an auditor who can't read what banks said can't say that a break was made up", async () => {
  const made: ToldBreak = { kind: "contradicted", about: payout, message };
  const { items } = await booking();
  const withheld = items.flatMap(({ type }, at) => (type === "payout.reported" ? [at] : []));
  expect(await reconciled([...shown, made], 0n, { withheld })).toEqual([]);
});
