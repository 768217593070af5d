import { describe, expect, test } from "@jest/globals";
import { found, textOf } from "./found.ts";

const citation = { clause: "3", text: "Less by steps." };
const step = (over: Record<string, unknown>) => ({
  id: "annual-deductible",
  kind: "deductible",
  amount: "500",
  period: "calendar-year",
  reasonCode: "DEDUCTIBLE",
  citation,
  ...over,
});
const coinsurance = (rate: string) => {
  const { amount: _, period: __, ...rest } = step({ id: "share", kind: "coinsurance" });
  return { ...rest, rate, rounding: "down" };
};
const steps = (...list: readonly object[]) => ({ steps: list });

/** What is found of a pack whose rules have these steps; the last rule takes what the others leave. */
const inSteps = (...rules: readonly (readonly object[])[]) =>
  found(
    textOf(
      rules.map((list, index) => ({
        when: index < rules.length - 1 ? `claim.claimed > ${1_000 - index}` : "true",
        ...steps(...list),
      })),
    ),
  );

describe("a step's amount or rate", () => {
  test.each([
    ["amount", step({ amount: "0 - 500" }), "step-unfit", "is below zero"],
    ["rate", coinsurance("20000"), "step-unfit", "is 20000 or more"],
    ["amount", step({ amount: "500 / 0" }), "no-result", "never has a result"],
    ["amount", step({ amount: "claim.clamed" }), "expression", "names field clamed"],
  ])("%s, no matter of which claim: %#", (field, bad, code, message) => {
    const [only, ...rest] = inSteps([step({ id: "first" }), bad]);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ code, where: `rules[0].steps[1].${field}` });
    expect(only?.message).toContain(message);
    expect(only?.underlined).not.toBe("");
  });

  test.each(["0", "500", "claim.claimed - 500", "claim.claimed"])("%s can fit", (amount) => {
    expect(inSteps([step({ amount }), coinsurance("10000")])).toEqual([]);
  });

  test("that reads a table with too few rows is where the finding points", () => {
    const dated = [{ from: "2018-01-01", rows: [{ from: 0, to: 40, value: 300 }] }];
    const tables = { share: { by: "insured.ageYears", unit: "money", dated } };
    const rules = [{ when: "true", ...steps(step({ amount: "t.share" })) }];
    expect(found(textOf(rules, { tables }))).toMatchObject([
      { code: "table-row-missing", where: "rules[0].steps[0].amount", underlined: '"t.share"' },
    ]);
  });
});

describe("accumulators", () => {
  test("whose names differ by a letter in two rules are two, and the one that was meant is named", () => {
    const other = step({ id: "annual-deductable" });
    expect(inSteps([step({})], [other])).toMatchObject([
      {
        code: "accumulator",
        where: "rules[1].steps[0].id",
        underlined: '"annual-deductable"',
        help: "did you mean annual-deductible?",
      },
    ]);
    // One accumulator of two rules, one each of two kinds or periods, and numbered ones are as they should be.
    expect(inSteps([step({})], [step({})])).toEqual([]);
    expect(inSteps([step({})], [step({ id: "annual-deductable", period: "lifetime" })])).toEqual(
      [],
    );
    expect(inSteps([step({ id: "tier-1" })], [step({ id: "tier-2" })])).toEqual([]);
  });

  test.each([
    ["period", step({ period: "calender-year" }), "did you mean calendar-year?"],
    ["kind", step({ kind: "deductable" }), "did you mean deductible?"],
    ["rounding", { ...coinsurance("2000"), rounding: "half-evn" }, "did you mean half-even?"],
  ])("a misspelt %s is told with the word that was meant", (field, bad, help) => {
    const [only] = inSteps([bad]);
    expect(only).toMatchObject({ code: "form", where: `rules[0].steps[0].${field}`, help });
    expect(only?.message).toContain("is none of ");
  });

  test("that a golden case names and no step of its claim adds to", () => {
    const claim = { event: "service", lossDay: "2021-05-04", claimed: 900 };
    const inCase = (name: string) =>
      found(
        textOf([{ when: "true", ...steps(step({})) }], {
          cases: [
            {
              name: "one",
              facts: { claim, policy: { startDay: "2020-01-01" }, accumulated: { [name]: 100 } },
              expect: { outcome: "PAY_PART", minor: 500, reasonCode: "DEDUCTIBLE" },
            },
          ],
        }),
      ).filter(({ code }) => code === "accumulator");
    expect(inCase("annual-deductible/2021-01-01")).toEqual([]);
    // Another year's is how one shows that it does not count.
    expect(inCase("annual-deductible/2020-01-01")).toEqual([]);
    for (const name of ["annual-deductible/2021-05-01", "annual-deductable/2021-01-01"]) {
      expect(inCase(name)).toMatchObject([
        {
          where: `cases[0].facts.accumulated.${name}`,
          underlined: "100",
          help: "did you mean annual-deductible/2021-01-01?",
        },
      ]);
    }
    expect(inCase("yearly")[0]?.help).toBe("this claim's are annual-deductible/2021-01-01");
  });
});
