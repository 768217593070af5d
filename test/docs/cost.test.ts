import { describe, expect, test } from "@jest/globals";
import { dpu } from "../../bench/cost/assumptions.ts";
import { auroraOf, billOf, dpuOf, monthOf, tracedOf, turnsOf } from "../../bench/cost/bill.ts";
import { counted } from "../../bench/cost/counted.ts";
import { schedules } from "../../bench/cost/deployed.ts";
import { type Price, prices } from "../../bench/cost/prices.ts";
import { columns, costTables } from "../../bench/cost/tables.ts";
import { noUsage, timesOf } from "../../bench/cost/usage.ts";
import { printedTables } from "./cost-tables.ts";
import { readPage } from "./pages.ts";

describe("docs/cost.md", () => {
  test("prints the tables that are computed, all of them (node test/docs/refresh.ts)", () => {
    const computed = [...costTables].map(([name, table]) => [name, table()]);
    expect(Object.fromEntries(printedTables())).toEqual(Object.fromEntries(computed));
  });

  test("says on which day it was counted", () => {
    expect(readPage("cost.md")).toContain(`counted on ${counted.countedOn}`);
  });
});

describe("the bill", () => {
  test("of each month is the sum of its lines, and grows with the claims in every line but those that stand", () => {
    const bills = columns.map((claims) => billOf(counted, claims));
    for (const { lines, total } of bills) {
      expect(total).toBeCloseTo(Object.values(lines).reduce((sum, line) => sum + line));
    }
    for (const [n, { lines }] of bills.slice(1).entries()) {
      const before = bills[n]!.lines;
      for (const name of Object.keys(lines) as (keyof typeof lines)[]) {
        if (name === "Secrets Manager") expect(lines[name]).toBe(before[name]);
        else expect(lines[name]).toBeGreaterThan(before[name]);
      }
    }
  });

  test("of an idle month is what stands and what the schedules use, and no claim's", () => {
    const free = { ...counted, claim: timesOf(counted.claim, 100), turn: timesOf(counted.turn, 9) };
    expect(billOf(free, 0)).toEqual(billOf(counted, 0));
    const quiet = Object.keys(counted.sweeps).map((name) => [name, noUsage]);
    const still = billOf({ ...counted, sweeps: Object.fromEntries(quiet) }, 0);
    expect(still.lines["Aurora DSQL"]).toBe(0);
    expect(still.lines["API Gateway"]).toBe(0);
    expect(still.lines.KMS).toBe(13);
  });

  test("has every claim take a turn of its own until turns can't follow each other faster", () => {
    expect(turnsOf(1_000)).toBe(1_000);
    expect(turnsOf(10_000_000)).toBe(730 * 3_600);
  });

  test("has every call traced until a function is called more than once a second, then one in twenty of the rest", () => {
    const seconds = 730 * 3_600;
    expect(tracedOf(1_000)).toBe(1_000);
    expect(tracedOf(3 * seconds)).toBeCloseTo(1.1 * seconds);
    const swept = Object.values(schedules).reduce((sum, [each]) => sum + (730 * 60) / each, 0);
    expect(billOf(counted, 0).lines["X-Ray"]).toBeCloseTo((swept * 5) / 1_000_000);
  });

  test("counts an empty transaction at the least that DSQL meters", () => {
    const one = { ...noUsage, transactions: 1, writes: 1 };
    const least = 2_048 * dpu.perByteRead + 1_024 * dpu.perByteWritten;
    expect(dpuOf(one)).toBeCloseTo(least, 10);
    expect(dpuOf({ ...one, writtenBytes: 10_240 })).toBeGreaterThan(least);
  });

  test("calls every function of a schedule, and stops where one was not counted", () => {
    const { adjudicator: _, ...others } = counted.sweeps;
    expect(() => monthOf({ ...counted, sweeps: others }, 0)).toThrow("adjudicator was not counted");
  });

  test("beside it an Aurora that is never smaller than two halves of an ACU", () => {
    expect(auroraOf(counted, 0).acu).toBe(0.5);
    const busy = { ...counted, claim: { ...counted.claim, activeMs: 10_000 } };
    expect(auroraOf(busy, 10_000_000).acu).toBeGreaterThan(auroraOf(counted, 10_000_000).acu);
  });
});

test("every price has a source that can be opened, the day it was read, and AWS for a teller only where AWS's own page said it", () => {
  for (const { source, read, told, dollars } of Object.values(prices) as readonly Price[]) {
    expect(source).toMatch(/^https:\/\/[^ ]+$/);
    expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(dollars).toBeGreaterThan(0);
    if (told === "AWS") expect(new URL(source).host).toBe("aws.amazon.com");
  }
});
