import { type CelInput, type CelMap, celList, celMap } from "@bufbuild/cel";
import type { Facts, LineFacts } from "./facts.ts";

/** The four facts, the parameters and the tables' rows, as CEL sees them. */
export interface Variables extends Record<string, CelMap | bigint> {
  readonly basisDay: bigint;
  readonly claim: CelMap;
  readonly policy: CelMap;
  readonly insured: CelMap;
  readonly p: CelMap;
  /** Empty while the keys of the tables themselves are looked for. */
  readonly t: CelMap;
}

/**
 * Binds `facts` and the parameters `p`. A fact that is not known is left out, so that a rule which reads it has no result and the claim is referred: zero, an
 * epoch day or age -1 never stand in for what nobody knows.
 */
export function bindFacts(facts: Facts, p: CelMap): Variables {
  const { basisDay, policy, insured } = facts;
  return {
    basisDay,
    claim: bindClaim(facts.claim),
    policy: policy.present ? bindPolicy(policy) : celMap(new Map([["present", false]])),
    insured: bindInsured(insured),
    p,
    t: noRows,
  };
}

const noRows = celMap(new Map());

function bindClaim(claim: Facts["claim"]): CelMap {
  const bound = new Map<string, CelInput>([
    ["event", claim.event],
    ["lossDay", claim.lossDay],
    ["hasDiagnosisDay", claim.hasDiagnosisDay],
    ["noticeDay", claim.noticeDay],
    ["diagnoses", celList(claim.diagnoses)],
    ["claimed", claim.claimed],
    ["hasContracted", claim.hasContracted],
    ["hasOtherPaid", claim.hasOtherPaid],
    ["lines", celList(claim.lines.map(bindLine))],
  ]);
  if (claim.hasDiagnosisDay) bound.set("diagnosisDay", claim.diagnosisDay);
  if (claim.hasContracted) bound.set("contracted", claim.contracted);
  if (claim.hasOtherPaid) bound.set("otherPaid", claim.otherPaid);
  return celMap(bound);
}

function bindLine(line: LineFacts): CelMap {
  const bound = new Map<string, string | boolean | bigint>([
    ["service", line.service],
    ["claimed", line.claimed],
    ["hasContracted", line.hasContracted],
  ]);
  if (line.hasContracted) bound.set("contracted", line.contracted);
  return celMap(bound);
}

function bindPolicy(policy: Facts["policy"]): CelMap {
  const bound = new Map<string, string | boolean | bigint>([
    ["present", true],
    ["coverage", policy.coverage],
    ["startDay", policy.startDay],
    ["endDay", policy.endDay],
    ["hasLimit", policy.hasLimit],
  ]);
  if (policy.hasLimit) bound.set("limit", policy.limit).set("remaining", policy.remaining);
  return celMap(bound);
}

function bindInsured(insured: Facts["insured"]): CelMap {
  const bound = new Map<string, boolean | bigint>([["hasBirthDay", insured.hasBirthDay]]);
  if (insured.hasBirthDay) bound.set("birthDay", insured.birthDay);
  if (insured.hasBirthDay && insured.ageYears >= 0n) bound.set("ageYears", insured.ageYears);
  return celMap(bound);
}
