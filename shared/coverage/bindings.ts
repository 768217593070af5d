import { type CelInput, type CelMap, celList, celMap } from "@bufbuild/cel";
import type { Facts, LineFacts } from "./facts.ts";

/**
 * What expressions see, by the names they use: "claim.claimed", "p.waitingDays", "t.benefit"; undefined where it is not known. CEL looks for a name with
 * its dots before it looks into a map of that name, so these are found at once, and maps need not be made: binding those took as long as all expressions
 * together. What is undefined falls through to the empty map of its first part, which has no such field, so there is no result.
 */
export type Variables = Readonly<Bound>;
/** The same while tables' rows are added. */
export type Bound = Record<string, CelInput | undefined>;

/**
 * Binds `facts` and the parameters. A fact that is not known is left out, so that a rule which reads it has no result and the claim is referred: zero, an
 * epoch day or age -1 never stand in for what nobody knows.
 */
export function bindFacts(facts: Facts, parameters: Variables): Bound {
  const { basisDay, claim, policy, insured } = facts;
  const { hasDiagnosisDay, hasContracted, hasOtherPaid } = claim;
  const { present } = policy;
  const limited = present && policy.hasLimit;
  const { hasBirthDay } = insured;
  // All names each time, in one order: objects of one shape are made and read several times as fast as others.
  const bound: Bound = {
    claim: none,
    policy: none,
    insured: none,
    p: none,
    t: none,
    basisDay,
    "claim.event": claim.event,
    "claim.lossDay": claim.lossDay,
    "claim.hasDiagnosisDay": hasDiagnosisDay,
    "claim.diagnosisDay": hasDiagnosisDay ? claim.diagnosisDay : undefined,
    "claim.noticeDay": claim.noticeDay,
    "claim.diagnoses": celList(claim.diagnoses),
    "claim.claimed": claim.claimed,
    "claim.hasContracted": hasContracted,
    "claim.contracted": hasContracted ? claim.contracted : undefined,
    "claim.hasOtherPaid": hasOtherPaid,
    "claim.otherPaid": hasOtherPaid ? claim.otherPaid : undefined,
    "claim.lines": celList(claim.lines.map(bindLine)),
    "policy.present": present,
    "policy.coverage": present ? policy.coverage : undefined,
    "policy.startDay": present ? policy.startDay : undefined,
    "policy.endDay": present ? policy.endDay : undefined,
    "policy.hasLimit": present ? policy.hasLimit : undefined,
    "policy.limit": limited ? policy.limit : undefined,
    "policy.remaining": limited ? policy.remaining : undefined,
    "insured.hasBirthDay": hasBirthDay,
    "insured.birthDay": hasBirthDay ? insured.birthDay : undefined,
    "insured.ageYears": hasBirthDay && insured.ageYears >= 0n ? insured.ageYears : undefined,
  };
  for (const name in parameters) bound[name] = parameters[name];
  return bound;
}

const none = celMap(new Map());

function bindLine(line: LineFacts): CelMap {
  const bound = new Map<string, string | boolean | bigint>([
    ["service", line.service],
    ["claimed", line.claimed],
    ["hasContracted", line.hasContracted],
  ]);
  if (line.hasContracted) bound.set("contracted", line.contracted);
  return celMap(bound);
}
