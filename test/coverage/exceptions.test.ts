import { describe, expect, test } from "@jest/globals";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { compiled, facts, packJson, rule, thenKey } from "./sample.ts";

const refusal = (rules: readonly unknown[], over: Record<string, unknown> = {}): string => {
  try {
    readPack(packJson(rules, over));
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("an exception takes its rule's place", () => {
  const base = { id: "waiting", [thenKey]: "REFER", reasonCode: "WAITING_PERIOD" };
  const accident = {
    id: "accident",
    exceptionTo: "waiting",
    when: "claim.event == 'accident'",
    reasonCode: "ACCIDENT",
  };
  const small = {
    id: "small",
    exceptionTo: "waiting",
    when: "claim.claimed < 500",
    reasonCode: "SMALL",
  };
  const judge = (
    claim: Parameters<typeof facts>[0]["claim"],
    ...rules: Record<string, unknown>[]
  ) =>
    adjudicate(
      compiled(...(rules.length > 0 ? rules : [base, accident, small])),
      facts({ claim: claim ?? {} }),
    );

  test("none holds: the rule itself decides", () => {
    expect(judge({})).toMatchObject({
      reasonCode: "WAITING_PERIOD",
      trace: [
        { read: expect.anything() },
        { rule: "waiting", when: true },
        { rule: "accident", when: false },
        { rule: "small", when: false },
      ],
    });
  });

  test("one holds: it decides, by its own clause", () => {
    expect(judge({ event: "accident" })).toMatchObject({
      outcome: "PAY",
      reasonCode: "ACCIDENT",
      ruleId: "accident",
    });
  });

  test("two hold: nobody said which comes first, so a person decides, and both are named", () => {
    const found = judge({ event: "accident", claimed: 1n });
    expect(found).toMatchObject({ outcome: "REFER", minor: 0n, reasonCode: "RULE_CONFLICT" });
    expect(found).toMatchObject({ ruleId: "waiting", citation: null, fund: null });
    expect(found.trace.at(-1)).toEqual({ refer: "RULE_CONFLICT", rules: ["accident", "small"] });
  });

  test("where the rule does not hold its exceptions are not asked", () => {
    const found = judge({}, { ...base, when: "false" }, { ...accident, when: "1 / 0 == 1" }, {});
    expect(found.reasonCode).toBe("COVERED");
    expect(found.trace[2]).toEqual({ rule: "rule-2", when: true });
  });

  test("an exception that has no result stops the pack, though another holds", () => {
    const found = judge({}, base, { ...accident, when: "true" }, { ...small, when: "1 / 0 == 1" });
    expect(found).toMatchObject({ reasonCode: "RULE_ERROR", ruleId: "small" });
  });

  test("an exception may refer where its rule pays", () => {
    const exception = { ...small, exceptionTo: "rule-0", when: "true", [thenKey]: "REFER" };
    expect(judge({}, {}, exception)).toMatchObject({ outcome: "REFER", reasonCode: "SMALL" });
  });

  test.each([
    ["an unknown rule", [rule({ id: "a", exceptionTo: "b" })]],
    ["itself", [rule({ id: "a", exceptionTo: "a" })]],
    ["a later rule", [rule({ id: "a", exceptionTo: "b" }), rule({ id: "b" })]],
    [
      "an exception",
      [rule({ id: "a" }), rule({ id: "b", exceptionTo: "a" }), rule({ id: "c", exceptionTo: "b" })],
    ],
  ])("to %s is refused", (_, rules) => {
    expect(refusal(rules)).toMatch(/^rules\[\d\]\.exceptionTo: names no rule before this one/);
  });
});

describe("the fund that pays", () => {
  const funds = ["members", "sponsor"];
  const judged = (rules: readonly Record<string, unknown>[]) =>
    adjudicate(compilePack(readPack(packJson(rules.map(rule), { funds }))), facts({}));

  test("is the one the deciding rule names", () => {
    expect(judged([{ fund: "sponsor" }]).fund).toBe("sponsor");
    const referring = { id: "refers", [thenKey]: "REFER" };
    expect(judged([referring]).fund).toBeNull();
    expect(judged([{ fund: "sponsor", amount: "1 / 0" }]).fund).toBeNull();
  });

  test("a pack without funds pays from none", () => {
    expect(adjudicate(compiled({}), facts({})).fund).toBeNull();
  });

  test.each([
    ["rules[0].fund: is missing: the pack has funds", [rule({})], { funds }],
    ["rules[0].fund: names no fund of the pack's list", [rule({ fund: "other" })], { funds }],
    ["rules[0].fund: names no fund of the pack's list", [rule({ fund: "members" })], {}],
    ["rules[0].fund: is no field", [rule({ fund: "members", [thenKey]: "REFER" })], { funds }],
    ["funds[1]: is repeated", [rule({ fund: "a" })], { funds: ["a", "a"] }],
    ["funds: has fewer than 1", [rule({})], { funds: [] }],
  ])("%s", (says, rules, over) => {
    expect(refusal(rules, over).slice(0, says.length)).toBe(says);
  });
});
