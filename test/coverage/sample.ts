import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import type { Facts } from "../../shared/coverage/facts.ts";
import { type Pack, readPack } from "../../shared/coverage/pack.ts";

/** Named apart so that no object here looks like a promise. */
export const thenKey = "then";

const citation = { clause: "1", text: "What the policy says." };

/** One rule, PAY unless told otherwise. */
export const rule = (over: Record<string, unknown>) => ({
  id: "rule",
  when: "true",
  [thenKey]: "PAY",
  reasonCode: "COVERED",
  citation,
  ...over,
});

/** A small pack around `rules`. */
export const packJson = (rules: readonly unknown[], over: Record<string, unknown> = {}) => ({
  id: "sample",
  version: 1,
  title: "Sample",
  dateBasis: "loss",
  currency: "EUR",
  effective: { from: "2020-01-01", to: "2021-01-01" },
  parameters: {
    days: 90,
    name: "x",
    codes: ["a", "b"],
    numbers: [1, 2],
    flag: true,
    since: { date: "2020-01-23" },
  },
  rules,
  cases: [],
  ...over,
});

export const pack = (...rules: readonly Record<string, unknown>[]): Pack =>
  readPack(packJson(rules.map((each, index) => rule({ id: `rule-${index}`, ...each }))));

export const compiled = (...rules: readonly Record<string, unknown>[]): CompiledPack =>
  compilePack(pack(...rules));

/** Day 18,293 is 2020-02-01. A claim of 10,000 inside an open policy without a limit. */
export const facts = (over: {
  basisDay?: bigint;
  claim?: Partial<Facts["claim"]>;
  policy?: Partial<Facts["policy"]>;
  insured?: Partial<Facts["insured"]>;
  accumulated?: Facts["accumulated"];
  earlierClaim?: string;
}): Facts => ({
  basisDay: over.basisDay ?? over.claim?.lossDay ?? 18_293n,
  claim: {
    event: "service",
    lossDay: 18_293n,
    hasDiagnosisDay: false,
    diagnosisDay: 0n,
    noticeDay: 18_300n,
    diagnoses: [],
    claimed: 10_000n,
    hasContracted: false,
    contracted: 0n,
    hasOtherPaid: false,
    otherPaid: 0n,
    lines: [],
    ...over.claim,
  },
  policy: {
    present: true,
    coverage: "base",
    startDay: 18_000n,
    endDay: 376_199n,
    hasLimit: false,
    limit: 0n,
    remaining: 0n,
    ...over.policy,
  },
  accumulated: over.accumulated ?? {},
  earlierClaim: over.earlierClaim ?? null,
  insured: { hasBirthDay: false, birthDay: 0n, ageYears: -1n, ...over.insured },
});
