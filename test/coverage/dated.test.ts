import { describe, expect, test } from "@jest/globals";
import { parseDay } from "../../shared/base/day.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { facts, packJson, rule, thenKey } from "./sample.ts";

const judge = (over: Record<string, unknown>, rules: readonly Record<string, unknown>[]) => {
  const json = packJson(
    rules.map((each, index) => rule({ id: `rule-${index}`, ...each })),
    over,
  );
  const pack = compilePack(readPack(json));
  return (input: Parameters<typeof facts>[0]) => adjudicate(pack, facts(input));
};
const refusal = (over: Record<string, unknown>): string => {
  try {
    compilePack(readPack(packJson([rule({})], over)));
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};
const on = (lossDay: string) => ({ claim: { lossDay: parseDay(lossDay, "day") } });

describe("a parameter that goes by days", () => {
  const parameters = {
    days: 90,
    rate: {
      dated: [
        { from: "2020-03-01", value: 5_000 },
        { from: "2020-07-01", value: 2_500 },
      ],
    },
  };
  const cut = judge({ parameters }, [{ [thenKey]: "PAY_PART", amount: "p.rate" }]);

  test.each([
    ["2020-03-01", 5_000n],
    ["2020-06-30", 5_000n],
    ["2020-07-01", 2_500n],
    ["2020-12-31", 2_500n],
  ])("on %s it is %d", (lossDay, minor) => {
    expect(cut(on(lossDay)).minor).toBe(minor);
  });

  test("before its first day it is absent, and what needs it is referred", () => {
    expect(cut(on("2020-02-29"))).toMatchObject({ outcome: "REFER", reasonCode: "RULE_ERROR" });
    const other = judge({ parameters }, [{ when: "p.days == 90" }]);
    expect(other(on("2020-02-29")).outcome).toBe("PAY");
  });

  test("lists and dates go by days as well", () => {
    const codes = {
      dated: [
        { from: "2020-01-01", value: ["a"] },
        { from: "2020-07-01", value: ["a", "b", "c"] },
      ],
    };
    const since = { dated: [{ from: "2020-01-01", value: { date: "2020-01-23" } }] };
    const pack = judge({ parameters: { codes, since } }, [
      { when: "'c' in p.codes && basisDay > p.since" },
      { when: "true", [thenKey]: "REFER", reasonCode: "NO" },
    ]);
    expect(pack(on("2020-06-30")).reasonCode).toBe("NO");
    expect(pack(on("2020-07-01")).reasonCode).toBe("COVERED");
  });

  test("a pack with thousands of days is read and gives the same, twice over", () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, parameter) => [
        `n${parameter}`,
        {
          dated: Array.from({ length: 30 }, (_, index) => ({
            from: new Date(Date.UTC(2020, 0, 1 + index * 12 + (parameter % 12)))
              .toISOString()
              .slice(0, 10),
            value: index,
          })),
        },
      ]),
    );
    const pack = judge({ parameters: many }, [{ amount: "p.n7 + 1" }]);
    for (const day of Array.from({ length: 300 }, (_, index) => 18_270n + BigInt(index))) {
      const found = pack({ claim: { lossDay: day } }).minor;
      expect(found).toBe((day - 18_269n) / 12n + 1n);
    }
  });

  test.each([
    [
      "parameters.a.dated[1].from: is not after 2020-03-01, the date before it",
      [
        { from: "2020-03-01", value: 1 },
        { from: "2020-03-01", value: 2 },
      ],
    ],
    [
      "parameters.a.dated[1].value: is another kind of value than the first, int",
      [
        { from: "2020-03-01", value: 1 },
        { from: "2020-03-02", value: "2" },
      ],
    ],
    ["parameters.a.dated[0].from: is not a date that exists", [{ from: "2020-02-30", value: 1 }]],
    ["parameters.a.dated[0].value: is missing", [{ from: "2020-02-03" }]],
    ["parameters.a.dated[0].to: is no field", [{ from: "2020-02-03", value: 1, to: "x" }]],
    ["parameters.a.dated: has fewer than 1", []],
  ])("%s", (says, dated) => {
    expect(refusal({ parameters: { a: { dated } } })).toContain(says);
  });
});

describe("a table", () => {
  const tables = {
    benefit: {
      by: "insured.ageYears",
      dated: [
        {
          from: "2020-01-01",
          rows: [
            { from: 0, to: 40, value: 9_000 },
            { from: 40, to: 60, value: 4_000 },
            { from: 65, to: null, value: 1_000 },
          ],
        },
        { from: "2020-07-01", rows: [{ from: 0, to: null, value: 500 }] },
      ],
    },
  };
  const pay = judge({ tables }, [{ amount: "least(claim.claimed, t.benefit)" }]);
  const aged = (ageYears: bigint, lossDay = "2020-02-01") => ({
    ...on(lossDay),
    insured: { hasBirthDay: true, birthDay: 0n, ageYears },
  });

  test.each([
    [0n, 9_000n],
    [39n, 9_000n],
    [40n, 4_000n],
    [59n, 4_000n],
    [65n, 1_000n],
    [120n, 1_000n],
  ])("age %d: %d", (age, minor) => {
    expect(pay(aged(age))).toMatchObject({
      minor,
      trace: expect.arrayContaining([
        { table: "benefit", key: age.toString(), value: minor.toString() },
      ]),
    });
  });

  test("the rows are those of the day", () => {
    expect(pay(aged(30n, "2020-06-30")).minor).toBe(9_000n);
    expect(pay(aged(30n, "2020-07-01")).minor).toBe(500n);
  });

  test("no row for the key, or no rows yet: referred, with the key in the trace", () => {
    expect(pay(aged(60n))).toMatchObject({
      outcome: "REFER",
      reasonCode: "TABLE_ROW_MISSING",
      ruleId: "rule-0",
      trace: [
        { read: expect.anything() },
        { rule: "rule-0", when: true },
        { table: "benefit", key: "60", value: null },
        { amount: "error" },
        { refer: "TABLE_ROW_MISSING" },
      ],
    });
    const later = { dated: [{ from: "2020-07-01", rows: [{ from: 0, to: 9, value: 1 }] }] };
    const early = judge({ tables: { later: { by: "1", ...later } } }, [{ amount: "t.later" }]);
    expect(early(on("2020-02-01")).reasonCode).toBe("TABLE_ROW_MISSING");
  });

  test("a key that is not known is a missing fact, not a missing row", () => {
    expect(pay(on("2020-02-01"))).toMatchObject({
      reasonCode: "RULE_ERROR",
      trace: expect.arrayContaining([{ table: "benefit", key: null, value: null }]),
    });
  });

  test("a table is looked up once, and one that no rule asks for leaves no trace", () => {
    const spare = { by: "claim.claimed", dated: tables.benefit.dated };
    const pack = judge({ tables: { ...tables, spare } }, [
      { when: "t.benefit > 100000" },
      { when: "t.benefit == 9000" },
    ]);
    expect(pack(aged(30n)).trace).toEqual([
      { read: expect.anything() },
      { table: "benefit", key: "30", value: "9000" },
      { rule: "rule-0", when: false },
      { rule: "rule-1", when: true },
      { amount: "10000" },
    ]);
  });

  test("rows may be texts", () => {
    const dated = [{ from: "2020-01-01", rows: [{ from: 0, to: 5, value: "none" }] }];
    const pack = judge({ tables: { plan: { by: "2 + 2", dated } } }, [
      { when: "t.plan == 'none'" },
    ]);
    expect(pack(on("2020-02-01")).outcome).toBe("PAY");
  });

  const rows = (...list: readonly unknown[]) => ({
    tables: { a: { by: "basisDay", dated: [{ from: "2020-01-01", rows: list }] } },
  });
  test.each([
    [
      "tables.a.dated[0].rows[1].from: overlaps row 0, which ends before 40",
      rows({ from: 0, to: 40, value: 1 }, { from: 39, to: 50, value: 1 }),
    ],
    [
      "tables.a.dated[0].rows[1].from: overlaps row 0, which ends nowhere",
      rows({ from: 0, to: null, value: 1 }, { from: 40, to: 50, value: 1 }),
    ],
    ["tables.a.dated[0].rows[0].to: is not above from", rows({ from: 4, to: 4, value: 1 })],
    ["tables.a.dated[0].rows[0].value: is neither", rows({ from: 4, to: 5, value: true })],
    [
      "tables.a.dated[0].rows[1].value: is not an integer",
      rows({ from: 4, to: 5, value: 1 }, { from: 5, to: 6, value: "x" }),
    ],
    ["tables.a.dated[0].rows: has fewer than 1", rows()],
    ["tables.a.dated[0].rows: has more than 200", rows(...Array(201).fill({}))],
    [
      "tables.a.by: names t",
      { tables: { a: { ...rows({ from: 4, to: 5, value: 1 }).tables.a, by: "t.a" } } },
    ],
    [
      "tables.a.by: is bool where int",
      { tables: { a: { ...rows({ from: 4, to: 5, value: 1 }).tables.a, by: "true" } } },
    ],
    [
      "tables.a.unit: is of integers",
      { tables: { a: { ...rows({ from: 4, to: 5, value: "x" }).tables.a, unit: "money" } } },
    ],
    [
      "tables.a.unit: is none of",
      { tables: { a: { ...rows({ from: 4, to: 5, value: 1 }).tables.a, unit: "yuan" } } },
    ],
    ["tables.A: is not a name", { tables: { A: tables.benefit } }],
  ])("%s", (says, over) => {
    expect(refusal(over)).toContain(says);
  });
});
