import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalText } from "../../shared/base/canonical.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { packs } from "../../shared/coverage/packs.ts";
import { compiled, facts, packJson, rule, thenKey } from "./sample.ts";

const judge = (amount: string | undefined, over: Parameters<typeof facts>[0] = {}) =>
  adjudicate(compiled(amount === undefined ? {} : { amount }), facts(over));

describe("the outcome follows from the amount", () => {
  test("no amount pays what was claimed", () => {
    expect(judge(undefined)).toMatchObject({
      outcome: "PAY",
      minor: 10_000n,
      reasonCode: "COVERED",
      ruleId: "rule-0",
      reductions: [],
      trace: [
        {
          read: { "claim.claimed": "10000", "claim.lossDay": "2020-02-01", "policy.present": true },
        },
        { rule: "rule-0", when: true },
        { amount: "10000" },
      ],
    });
  });

  test("less than claimed is PAY_PART, with the reduction and its clause", () => {
    expect(judge("claim.claimed * 80 / 100")).toMatchObject({
      outcome: "PAY_PART",
      minor: 8_000n,
      reductions: [{ reasonCode: "COVERED", minor: 2_000n, citation: { clause: "1" } }],
    });
  });

  test.each([
    ["claim.claimed + 1", "AMOUNT_ABOVE_CLAIMED"],
    ["-1", "NEGATIVE_AMOUNT"],
    ["0", "ZERO_ON_NONZERO"],
    ["1 / 0", "RULE_ERROR"],
    ["claim.claimed * 9223372036854775807", "RULE_ERROR"],
    ["claim.contracted", "RULE_ERROR"],
  ])("%s is referred: %s", (amount, reasonCode) => {
    const found = judge(amount);
    expect(found).toMatchObject({ outcome: "REFER", minor: 0n, reasonCode, ruleId: "rule-0" });
    expect(found.trace.at(-1)).toEqual({ refer: reasonCode });
  });

  test("nothing claimed and nothing due is paid at zero", () => {
    expect(judge("claim.claimed", { claim: { claimed: 0n } })).toMatchObject({
      outcome: "PAY",
      minor: 0n,
      reductions: [],
    });
  });
});

describe("the first rule that holds decides", () => {
  test("later rules are not tried", () => {
    const pack = compiled(
      { when: "false", reasonCode: "FIRST" },
      { when: "true", [thenKey]: "REFER", reasonCode: "SECOND" },
      { when: "1 / 0 == 1", reasonCode: "THIRD" },
    );
    const found = adjudicate(pack, facts({}));
    expect(found).toMatchObject({ outcome: "REFER", minor: 0n, reasonCode: "SECOND" });
    expect(found.trace.slice(1)).toEqual([
      { rule: "rule-0", when: false },
      { rule: "rule-1", when: true },
    ]);
  });

  test("a rule that cannot be answered stops the pack: it is not skipped", () => {
    const pack = compiled({ when: "insured.ageYears < 40", [thenKey]: "REFER" }, { when: "true" });
    const found = adjudicate(pack, facts({}));
    expect(found).toMatchObject({ outcome: "REFER", reasonCode: "RULE_ERROR", ruleId: "rule-0" });
    expect(found.trace.slice(1)).toEqual([
      { rule: "rule-0", when: "error" },
      { refer: "RULE_ERROR" },
    ]);
  });

  test("overflow in a condition is referred, not thrown", () => {
    const when = "claim.claimed + 9223372036854775807 > 0";
    expect(adjudicate(compiled({ when }), facts({})).reasonCode).toBe("RULE_ERROR");
  });

  test("no rule", () => {
    expect(adjudicate(compiled({ when: "false" }), facts({}))).toMatchObject({
      outcome: "REFER",
      reasonCode: "NO_RULE",
      ruleId: null,
      citation: null,
    });
  });
});

describe("what is not known is absent, never zero", () => {
  test.each([
    ["claim.diagnosisDay == 0"],
    ["claim.contracted == 0"],
    ["policy.remaining == 0"],
    ["policy.limit == 0"],
    ["insured.birthDay == 0"],
    ["insured.ageYears == -1"],
  ])("%s", (when) => {
    expect(adjudicate(compiled({ when }), facts({})).reasonCode).toBe("RULE_ERROR");
  });

  test("nothing of an absent policy can be read, and its limit limits nothing", () => {
    const policy = { present: false, hasLimit: true, remaining: 0n };
    const found = adjudicate(compiled({ when: "policy.startDay == 18000" }), facts({ policy }));
    expect(found.reasonCode).toBe("RULE_ERROR");
    expect(adjudicate(compiled({}), facts({ policy })).outcome).toBe("PAY");
  });

  test("a birth after the basis day is no age", () => {
    const insured = { hasBirthDay: true, birthDay: 19_000n, ageYears: -1n };
    const found = adjudicate(compiled({ when: "insured.ageYears < 40" }), facts({ insured }));
    expect(found.reasonCode).toBe("RULE_ERROR");
  });
});

describe("the version's time", () => {
  test.each([
    [18_262n, "COVERED"],
    [18_261n, "OUTSIDE_EFFECTIVE"],
    [18_627n, "COVERED"],
    [18_628n, "OUTSIDE_EFFECTIVE"],
  ])("a loss on day %d: %s", (lossDay, reasonCode) => {
    expect(adjudicate(compiled({}), facts({ claim: { lossDay } })).reasonCode).toBe(reasonCode);
  });

  test("a basis day that is not the claim's is referred", () => {
    expect(adjudicate(compiled({}), facts({ basisDay: 18_294n })).reasonCode).toBe("BASIS_DAY");
  });

  test("a pack by day of diagnosis refers a claim without one", () => {
    const pack = compilePack(readPack(packJson([rule({})], { dateBasis: "diagnosis" })));
    expect(adjudicate(pack, facts({})).reasonCode).toBe("BASIS_DAY");
    const claim = { hasDiagnosisDay: true, diagnosisDay: 18_293n };
    expect(adjudicate(pack, facts({ claim })).outcome).toBe("PAY");
  });
});

describe("the policy's limit", () => {
  const limited = (remaining: bigint) => ({ policy: { hasLimit: true, limit: 9_000n, remaining } });

  test("cuts what the rule gives", () => {
    expect(judge("9000", limited(4_000n))).toMatchObject({
      outcome: "PAY_PART",
      minor: 4_000n,
      reasonCode: "LIMIT_REMAINING",
      citation: null,
      reductions: [
        { reasonCode: "COVERED", minor: 1_000n },
        { reasonCode: "LIMIT_REMAINING", minor: 5_000n },
      ],
      trace: [
        { read: expect.objectContaining({ "policy.remaining": "4000" }) },
        { rule: "rule-0", when: true },
        { amount: "9000" },
        { less: "1000", reason: "COVERED" },
        { less: "5000", reason: "LIMIT_REMAINING" },
      ],
    });
  });

  test("cites the pack's clause on limits", () => {
    const limitCitation = { clause: "7", text: "No more than the limit." };
    const pack = compilePack(readPack(packJson([rule({})], { limitCitation })));
    expect(adjudicate(pack, facts(limited(1n))).reductions).toEqual([
      { reasonCode: "LIMIT_REMAINING", minor: 9_999n, citation: limitCitation },
    ]);
  });

  test("used up refers; enough left changes nothing", () => {
    expect(judge(undefined, limited(0n)).reasonCode).toBe("LIMIT_EXHAUSTED");
    expect(judge(undefined, limited(10_000n))).toMatchObject({ outcome: "PAY", minor: 10_000n });
  });
});

test("a claim with more lines or diagnoses than a pack may read is referred", () => {
  const line = { service: "s", claimed: 1n, hasContracted: false, contracted: 0n };
  const lines = { claim: { lines: Array(101).fill(line) } };
  const diagnoses = { claim: { diagnoses: Array(51).fill("icd-10:A00") } };
  expect(judge(undefined, lines).reasonCode).toBe("FACTS_TOO_LARGE");
  expect(judge(undefined, diagnoses).reasonCode).toBe("FACTS_TOO_LARGE");
});

test("rules see lines, lists, dates and parameters", () => {
  const lines = [
    { service: "bed", claimed: 6_000n, hasContracted: true, contracted: 5_000n },
    { service: "drug", claimed: 4_000n, hasContracted: false, contracted: 0n },
  ];
  const holds = (when: string) =>
    adjudicate(compiled({ when }), facts({ claim: { lines, diagnoses: ["icd-10:U07.1"] } }))
      .outcome;
  expect(holds("claim.lines.exists(line, line.service == 'bed' && line.contracted == 5000)")).toBe(
    "PAY",
  );
  expect(holds("claim.lines.all(line, line.claimed > 4000)")).toBe("REFER");
  expect(holds("claim.diagnoses.exists(d, d.startsWith('icd-10:U07'))")).toBe("PAY");
  expect(holds("'icd-10:U07.1' in claim.diagnoses && !('a' in claim.diagnoses)")).toBe("PAY");
  expect(holds("p.name in ['x', 'y'] && p.flag && 2 in p.numbers && 'b' in p.codes")).toBe("PAY");
  expect(holds("basisDay == p.since + 9 && basisDay >= policy.startDay + p.days")).toBe("PAY");
});

test("whatever the facts, every claim has one sound answer, and the same one twice", () => {
  const day = fc.bigInt({ min: -60_000n, max: 376_199n });
  const minor = fc.bigInt({ min: -1n, max: 999_999_999_999_999_999n });
  const code = fc.constantFrom("icd-10:U07.1", "icd-10:C50.9", "icd-10:I21", "snomed:840539006");
  const claim = fc.record({
    event: fc.constantFrom("illness" as const, "accident" as const, "death" as const),
    lossDay: day,
    hasDiagnosisDay: fc.boolean(),
    diagnosisDay: day,
    noticeDay: day,
    diagnoses: fc.array(code, { maxLength: 5 }),
    claimed: minor,
    hasContracted: fc.boolean(),
    contracted: minor,
    hasOtherPaid: fc.boolean(),
    otherPaid: minor,
    lines: fc.constant([]),
  });
  const policy = fc.record({
    present: fc.boolean(),
    coverage: fc.string(),
    startDay: day,
    endDay: day,
    hasLimit: fc.boolean(),
    limit: minor,
    remaining: minor,
  });
  const insured = fc.record({
    hasBirthDay: fc.boolean(),
    birthDay: day,
    ageYears: fc.bigInt({ min: -1n, max: 120n }),
  });
  const compiledPacks = packs.map(compilePack);
  fc.assert(
    fc.property(claim, policy, insured, fc.boolean(), (claim, policy, insured, byDiagnosis) => {
      const basisDay = byDiagnosis ? claim.diagnosisDay : claim.lossDay;
      for (const pack of compiledPacks) {
        const input = { basisDay, claim, policy, insured, accumulated: {}, earlierClaim: null };
        const found = adjudicate(pack, input);
        const cut = found.reductions.reduce((total, { minor }) => total + minor, 0n);
        if (found.outcome === "REFER") expect([found.minor, cut]).toEqual([0n, 0n]);
        else expect(found.minor + cut).toBe(claim.claimed);
        if (found.outcome === "PAY") expect(found.minor).toBe(claim.claimed);
        if (found.outcome === "PAY_PART") expect(found.minor > 0n && cut > 0n).toBe(true);
        expect(canonicalText(found.trace)).toBe(canonicalText(adjudicate(pack, input).trace));
      }
    }),
    { numRuns: 500 },
  );
});
