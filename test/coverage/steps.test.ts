import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Adjudication, adjudicate } from "../../shared/coverage/adjudicate.ts";
import { failedCases } from "../../shared/coverage/cases.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { healthIndemnity } from "../../shared/coverage/packs.ts";
import { facts, packJson, rule } from "./sample.ts";

const citation = { clause: "1", text: "x" };
/** A step named after its kind, per calendar year where it has a period. */
const step = (kind: string, over: Record<string, unknown>) => ({
  id: kind,
  kind,
  reasonCode: "STEP",
  citation,
  ...(["deductible", "limit", "out-of-pocket-maximum"].includes(kind)
    ? { period: "calendar-year" }
    : {}),
  ...over,
});
const deductible = (amount: string, over = {}) => step("deductible", { amount, ...over });
const coinsurance = (rate: string, rounding = "down") => step("coinsurance", { rate, rounding });
const maximum = (amount: string, over = {}) => step("out-of-pocket-maximum", { amount, ...over });
const limit = (amount: string, over = {}) => step("limit", { amount, ...over });
const lineLimit = (amount: string, over = {}) => step("line-limit", { amount, ...over });
const otherPayer = step("other-payer", {});

const packOf = (...steps: object[]) => readPack(packJson([rule({ steps })]));
const compiledOf = (...steps: object[]): CompiledPack => compilePack(packOf(...steps));
/** The claim of 10,000 of the sample, in 2020. */
const judge = (steps: object[], over: Parameters<typeof facts>[0] = {}) =>
  adjudicate(compiledOf(...steps), facts(over));
const countsOf = ({ counts }: Adjudication) =>
  Object.fromEntries(counts.map(({ name, minor }) => [name, minor]));

describe("the order of the list is the order of accumulation", () => {
  test("a deductible before coinsurance leaves more to share than one after it", () => {
    const before = judge([deductible("5000"), coinsurance("2000")]);
    expect([before.minor, countsOf(before)]).toEqual([4_000n, { "deductible/2020-01-01": 5_000n }]);
    const after = judge([coinsurance("2000"), deductible("5000")]);
    expect(after.minor).toBe(3_000n);
  });

  test("a limit before what another insurer paid, or after it, counts what is paid in the end", () => {
    const over = { claim: { hasOtherPaid: true, otherPaid: 6_000n } };
    for (const steps of [
      [limit("5000"), otherPayer],
      [otherPayer, limit("5000")],
    ]) {
      const found = judge(steps, over);
      expect([found.minor, countsOf(found)]).toEqual([4_000n, { "limit/2020-01-01": 4_000n }]);
    }
  });

  test("each step is in the trace: what it goes by, what was used, what it took, what is left", () => {
    const { trace, reductions } = judge(
      [deductible("3000"), coinsurance("2500"), maximum("3000"), limit("6000")],
      {
        accumulated: { "deductible/2020-01-01": 1_000n, "out-of-pocket-maximum/2020-01-01": 500n },
      },
    );
    expect(trace.slice(3)).toEqual([
      {
        step: "deductible",
        kind: "deductible",
        of: "3000",
        accumulator: "deductible/2020-01-01",
        used: "1000",
        less: "2000",
        left: "8000",
      },
      { step: "coinsurance", kind: "coinsurance", rate: "2500", less: "2000", left: "6000" },
      {
        step: "out-of-pocket-maximum",
        kind: "out-of-pocket-maximum",
        of: "3000",
        accumulator: "out-of-pocket-maximum/2020-01-01",
        used: "500",
        back: "1500",
        left: "7500",
      },
      {
        step: "limit",
        kind: "limit",
        of: "6000",
        accumulator: "limit/2020-01-01",
        used: "0",
        less: "1500",
        left: "6000",
      },
      { less: "2000", reason: "STEP" },
      { less: "500", reason: "STEP" },
      { less: "1500", reason: "STEP" },
    ]);
    expect(reductions.map(({ minor }) => minor)).toEqual([2_000n, 500n, 1_500n]);
  });
});

test("a maximum gives back off the last step first, then the one before it; each counts what is left of it", () => {
  const shares = (most: string) => {
    const found = judge([deductible("3000"), coinsurance("2000"), maximum(most)]);
    return [found.minor, found.reductions.map(({ minor }) => minor), countsOf(found)];
  };
  const counts = (borne: bigint, inAll: bigint) => ({
    "deductible/2020-01-01": borne,
    "out-of-pocket-maximum/2020-01-01": inAll,
  });
  // 3,000 and 20 % of 7,000, which is 1,400.
  expect(shares("4400")).toEqual([5_600n, [3_000n, 1_400n], counts(3_000n, 4_400n)]);
  expect(shares("4000")).toEqual([6_000n, [3_000n, 1_000n], counts(3_000n, 4_000n)]);
  expect(shares("2000")).toEqual([8_000n, [2_000n], counts(2_000n, 2_000n)]);
});

describe("periods", () => {
  const of = (period: string, over: Parameters<typeof facts>[0] = {}) =>
    countsOf(judge([deductible("100", { period })], over));
  test("name the accumulator by their first day", () => {
    expect(of("claim")).toEqual({});
    expect(of("calendar-year")).toEqual({ "deductible/2020-01-01": 100n });
    expect(of("policy")).toEqual({ "deductible/2019-04-14": 100n });
    expect(of("lifetime")).toEqual({ "deductible/lifetime": 100n });
  });

  test("of a policy's term without a policy: no result", () => {
    const found = judge([deductible("100", { period: "policy" })], { policy: { present: false } });
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "RULE_ERROR" });
  });
});

describe("rounding is the step's own", () => {
  test.each([
    ["down", 3_333n],
    ["up", 3_334n],
    ["half-even", 3_333n],
  ])("a third of 9,999 and one cent, %s, is %s", (rounding, share) => {
    const found = judge([coinsurance("3333", rounding)], { claim: { claimed: 10_001n } });
    // 10,001 × 0.3333 = 3,333.3333
    expect(10_001n - found.minor).toBe(share);
  });

  test("a tie goes to the even cent", () => {
    const paid = (claimed: bigint) =>
      judge([coinsurance("5000", "half-even")], { claim: { claimed } }).minor;
    expect([paid(5n), paid(7n)]).toEqual([3n, 3n]);
  });
});

describe("what has no result is referred, never guessed", () => {
  const lines = [{ service: "x", claimed: 9_999n, hasContracted: false, contracted: 0n }];
  test.each([
    ["a negative amount", [deductible("-1")], {}],
    ["a rate above 100 %", [coinsurance("10001")], {}],
    ["an overflow", [limit("claim.claimed * 9223372036854775807")], {}],
    ["a fact that is not known", [deductible("insured.ageYears")], {}],
    ["lines that do not add up to the claim", [lineLimit("5")], { claim: { lines } }],
  ])("%s", (_, steps, over) => {
    const found = judge(steps, over);
    expect(found).toMatchObject({ outcome: "REFER", minor: 0n, reasonCode: "RULE_ERROR" });
    expect(found.trace.at(-2)).toMatchObject({ step: steps[0]?.id, error: true });
  });

  test("nothing left of a claim is for a person, who sees what the steps came to", () => {
    const found = judge([deductible("10000")]);
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "ZERO_ON_NONZERO" });
    expect(countsOf(found)).toEqual({ "deductible/2020-01-01": 10_000n });
  });

  test("what another insurer paid, under a rule that does not speak of it", () => {
    const over = { claim: { hasOtherPaid: true, otherPaid: 1n } };
    expect(judge([deductible("1")], over)).toMatchObject({ reasonCode: "OTHER_PAYER" });
    expect(judge([deductible("1")], { claim: { hasOtherPaid: true } }).outcome).toBe("PAY_PART");
  });

  test("a claim for a loss that was decided before names the earlier one", () => {
    const earlier = "3f2b8c1d9e4a5f60718293a4b5c6d7e8";
    const found = judge([deductible("1")], { earlierClaim: earlier });
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "DUPLICATE_SUSPECTED" });
    expect(found.trace.slice(-2)).toEqual([{ earlier }, { refer: "DUPLICATE_SUSPECTED" }]);
  });
});

describe("lists without a meaning are refused when the pack is read", () => {
  test.each([
    [[deductible("1"), lineLimit("1")], "rules[0].steps[1].kind"],
    [[limit("1"), coinsurance("1"), maximum("1")], "rules[0].steps[2].kind"],
    [[coinsurance("1"), maximum("1"), deductible("1")], "rules[0].steps[2].kind"],
    [[maximum("1")], "rules[0].steps[0].kind"],
    [[otherPayer, { ...otherPayer, id: "again" }], "rules[0].steps[1].kind"],
    [[deductible("1"), limit("1", { id: "deductible" })], "rules[0].steps[1].id"],
    [[deductible("1", { period: "month" })], "rules[0].steps[0].period"],
    [[coinsurance("1", "nearest")], "rules[0].steps[0].rounding"],
    [[{ ...deductible("1"), reasonCode: "RULE_ERROR" }], "rules[0].steps[0].reasonCode"],
    [[], "rules[0].steps"],
  ])("%#", (steps, where) => {
    expect(() => packOf(...steps)).toThrow(expect.objectContaining({ where }));
  });

  test("limits per line under a rule with an amount of its own", () => {
    const amount = "claim.claimed";
    const json = packJson([rule({ amount, steps: [lineLimit("1")] })]);
    expect(() => readPack(json)).toThrow("needs a rule without an amount");
  });

  test("one id that is two things in two rules, and not one that is the same", () => {
    const two = (second: object) =>
      packJson([rule({ steps: [deductible("1")] }), rule({ id: "b", steps: [second] })]);
    expect(() => readPack(two(limit("1", { id: "deductible" })))).toThrow(
      "is a deductible per calendar-year in a rule before",
    );
    expect(() => readPack(two(deductible("2", { period: "claim" })))).toThrow();
    expect(readPack(two(deductible("2"))).rules).toHaveLength(2);
  });

  test("an amount that is no integer", () => {
    expect(() => compiledOf(deductible("true"))).toThrow("rules[0].steps[0].amount");
    expect(() => compiledOf(coinsurance("0.2"))).toThrow("rules[0].steps[0].rate");
  });
});

test("the award is split over the lines without losing a cent", () => {
  const line = (service: string, claimed: bigint) => ({
    service,
    claimed,
    hasContracted: false,
    contracted: 0n,
  });
  const lines = [line("a", 4_000n), line("b", 3_000n), line("b", 3_000n)];
  const steps = [lineLimit("2000", { services: ["b"] }), coinsurance("1250", "up")];
  const found = judge(steps, { claim: { lines } });
  // 4,000 + 2,000 + 2,000, less 1,000: half, a quarter and a quarter of 7,000.
  expect([found.minor, found.trace.find((each) => "lines" in (each as object))]).toEqual([
    7_000n,
    { lines: ["3500", "1750", "1750"] },
  ]);
});

test("over any run of claims no deductible, maximum or limit is passed, and every cent is accounted for", () => {
  const pack = compiledOf(
    deductible("5000"),
    coinsurance("2000", "half-even"),
    maximum("9000"),
    limit("40000"),
    limit("60000", { id: "life", period: "lifetime" }),
    otherPayer,
  );
  const claim = fc.record({
    claimed: fc.bigInt({ min: 1n, max: 30_000n }),
    otherPaid: fc.bigInt({ min: 0n, max: 20_000n }),
  });
  fc.assert(
    fc.property(fc.array(claim, { maxLength: 30 }), (claims) => {
      const sums: Record<string, bigint> = {};
      let paid = 0n;
      for (const { claimed, otherPaid } of claims) {
        const over = { claimed, otherPaid, hasOtherPaid: true };
        const found = adjudicate(pack, facts({ claim: over, accumulated: { ...sums } }));
        const cut = found.reductions.reduce((all, { minor }) => all + minor, 0n);
        if (found.outcome === "REFER") continue;
        expect(found.minor + cut).toBe(claimed);
        expect(found.minor + otherPaid <= claimed).toBe(true);
        paid += found.minor;
        for (const { name, minor } of found.counts) {
          expect(minor >= 0n).toBe(true);
          sums[name] = (sums[name] ?? 0n) + minor;
        }
      }
      const { "deductible/2020-01-01": borne = 0n } = sums;
      const { "out-of-pocket-maximum/2020-01-01": all = 0n } = sums;
      expect(borne <= 5_000n && borne <= all && all <= 9_000n).toBe(true);
      expect([sums["limit/2020-01-01"] ?? 0n, sums["life/lifetime"] ?? 0n]).toEqual([paid, paid]);
      expect(paid <= 40_000n).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("a golden case that counts to another accumulator, or another amount, does not hold", () => {
  const [first] = healthIndemnity.cases.filter(({ expect: { counts } }) => counts);
  const counts = { ...first?.expect.counts, "annual-deductible/2021-01-01": 1 };
  const cases = [{ ...first, expect: { ...first?.expect, counts } }];
  const failed = failedCases(compilePack(readPack({ ...healthIndemnity, cases })));
  expect(failed[0]?.expected).toContain("counts 1 to annual-deductible/2021-01-01");
  expect(failed[0]?.found).toContain("counts 50000 to annual-deductible/2021-01-01");
});
