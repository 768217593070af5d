import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { simulatedRuling } from "../../local/portfolio/adjuster.ts";
import type { PortfolioClaim } from "../../local/portfolio/portfolio.ts";
import { covidStoryKey, seededPortfolio } from "../../local/portfolio/seeded/seeded.ts";
import { parseDay } from "../../shared/base/day.ts";
import { submissionSchema } from "../../shared/claim/submission.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { type Facts, wholeYears } from "../../shared/coverage/facts.ts";
import { parsePack } from "../../shared/coverage/pack.ts";

const packs = new URL("../../shared/coverage/packs/", import.meta.url);
const pack = (version: 1 | 2) =>
  compilePack(parsePack(readFileSync(new URL(`xiang-hu-bao-2020-v${version}.json`, packs))));
const [first, second] = [pack(1), pack(2)];
const portfolio = seededPortfolio();

/** What the pack sees of a claim decided before every other one. */
function factsOf({ policy: key, submission }: PortfolioClaim): Facts {
  const policy = portfolio.policies.find((each) => each.key === key);
  const day = submission.diagnosisDate ?? submission.lossDate;
  const lines = submission.lines.map(({ service, claimed }) => ({
    service,
    claimed: claimed.minor,
    hasContracted: false,
    contracted: 0n,
  }));
  return {
    basisDay: day,
    claim: {
      event: submission.event,
      lossDay: submission.lossDate,
      hasDiagnosisDay: submission.diagnosisDate !== undefined,
      diagnosisDay: day,
      noticeDay: parseDay("2026-11-24", "notice"),
      diagnoses: submission.diagnoses.map(({ system, code }) => `${system}:${code}`),
      claimed: lines.reduce((sum, line) => sum + line.claimed, 0n),
      hasContracted: false,
      contracted: 0n,
      hasOtherPaid: false,
      otherPaid: 0n,
      lines,
    },
    policy: {
      present: policy !== undefined,
      coverage: policy?.coverage ?? "",
      startDay: policy?.startDay ?? 0n,
      endDay: policy?.endDay ?? parseDay("2999-12-31", "end"),
      hasLimit: policy !== undefined,
      limit: policy?.limit?.minor ?? 0n,
      remaining: policy?.limit?.minor ?? 0n,
    },
    insured: {
      hasBirthDay: policy?.birthDay != null,
      birthDay: policy?.birthDay ?? 0n,
      ageYears: policy?.birthDay == null ? -1n : wholeYears(policy.birthDay, day),
    },
    accumulated: {},
    earlierClaim: null,
  };
}

describe("the seeded portfolio", () => {
  test("is a thousand claims of 900 persons, the same every time", () => {
    const { claims, persons, policies, insurers } = portfolio;
    expect([claims.length, persons, policies.length]).toEqual([1000, 900, 876]);
    expect(new Set(claims.map(({ key }) => key)).size).toBe(1000);
    expect(insurers.map(({ id }) => id)).toEqual(["xiang-hu-bao-demo"]);
    expect(seededPortfolio()).toEqual(portfolio);
    for (const { submission } of claims) submissionSchema.encode(submission);
  });

  test("every claim meets the outcome its scene was written for, under both versions", () => {
    for (const claim of portfolio.claims) {
      if (!claim.expected || claim.key === covidStoryKey) continue;
      for (const version of [first, second]) {
        const { outcome, minor } = adjudicate(version, factsOf(claim));
        expect({ key: claim.key, outcome, minor }).toEqual({ key: claim.key, ...claim.expected });
      }
    }
  });

  test("every way to a person is taken, and every ruling has its claim", () => {
    const ways: Record<string, number> = {};
    for (const claim of portfolio.claims) {
      const { outcome, reasonCode } = adjudicate(first, factsOf(claim));
      if (outcome !== "REFER") continue;
      const ruling = simulatedRuling(reasonCode, claim);
      const way = `${reasonCode} → ${ruling.outcome} ${ruling.reasonCode}`;
      ways[way] = (ways[way] ?? 0) + 1;
    }
    expect(ways).toEqual({
      "NO_POLICY → DENY ELIGIBILITY_UNVERIFIED": 24,
      "OUTSIDE_WINDOW → DENY ELIGIBILITY_UNVERIFIED": 23,
      "OUTSIDE_EFFECTIVE → DENY ELIGIBILITY_UNVERIFIED": 2,
      "EVENT_NOT_COVERED → DENY NOT_COVERED": 16,
      "NOT_LISTED → DENY NOT_COVERED": 60,
      "NOT_LISTED → PAY_PART GOODWILL": 10,
      "WAITING_PERIOD → DENY WAITING_PERIOD": 60,
      "AGE_UNKNOWN → DENY INSUFFICIENT_EVIDENCE": 5,
      "AGE_NOT_COVERED → DENY NOT_COVERED": 10,
      "BASIS_DAY → PAY COVERED": 5,
    });
  });

  test("fifteen persons ask for a second whole benefit, which their limit can't pay", () => {
    const asked = new Map<string, bigint>();
    for (const { policy, submission, expected } of portfolio.claims) {
      if (!policy || expected?.outcome === "REFER") continue;
      asked.set(policy, (asked.get(policy) ?? 0n) + submission.lines[0]!.claimed.minor);
    }
    const twice = portfolio.policies.filter(
      ({ key, limit }) => asked.get(key) === 2n * (limit?.minor ?? 0n),
    );
    expect(twice.length).toBe(15);
  });

  test("the COVID-19 story: referred under version 1, paid under version 2", () => {
    const story = portfolio.claims.find(({ key }) => key === covidStoryKey)!;
    const before = adjudicate(first, factsOf(story));
    expect([before.outcome, before.reasonCode]).toEqual(["REFER", "EVENT_NOT_COVERED"]);
    const after = adjudicate(second, factsOf(story));
    expect([after.outcome, after.minor]).toEqual(["PAY", 10_000_000n]);
    const others = portfolio.claims.filter(
      (claim) => claim !== story && claim.submission.diagnoses.some(({ code }) => code === "U07.1"),
    );
    expect(others).toEqual([]);
  });
});
