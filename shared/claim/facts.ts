import type { Json } from "../base/canonical.ts";
import { type Day, dayOf, parseDay } from "../base/day.ts";
import { encoderOf } from "../base/encoder.ts";
import type { Input } from "../base/event.ts";
import { inputsOf } from "../base/inputs.ts";
import { maxMinor } from "../base/money.ts";
import { basisDayOf, type DateBasis, type Facts, wholeYears } from "../coverage/facts.ts";
import { type Terms, termsSchema } from "../policy/policy.ts";
import { earlierClaim } from "./duplicate.ts";
import type { ClaimState } from "./state.ts";
import { type Submitted, submittedForm } from "./submit.ts";
import { accumulatedUnder, type ClaimWorld, remainingUnder } from "./world.ts";

const openEnd = parseDay("2999-12-31", "end");

/** The day of the claim that chooses a pack's version; the day of loss where it has none by that basis, and the pack will refer it. */
export function packDay(basis: DateBasis, claim: ClaimState): Day {
  const facts = claimFacts(claim);
  return basisDayOf(basis, facts) ?? facts.lossDay;
}

/** The facts a pack's rules see of this claim under its policy; undefined without one. */
export function factsOf(world: ClaimWorld): Facts | undefined {
  const { cover } = world;
  if (!cover) return undefined;
  const { terms } = cover.policy.state;
  const claim = claimFacts(world.claim.state);
  const basis = cover.pack.compiled.pack.dateBasis;
  // A missing basis day is for the pack's engine to refer; any other day stands in for it here.
  const basisDay = basisDayOf(basis, claim) ?? claim.lossDay;
  const remaining = remainingUnder(world);
  return {
    basisDay,
    claim,
    policy: {
      present: true,
      coverage: terms.coverage,
      startDay: terms.start,
      endDay: terms.end ?? openEnd,
      hasLimit: remaining !== undefined,
      limit: terms.limit?.minor ?? maxMinor,
      remaining: remaining ?? maxMinor,
    },
    insured: {
      hasBirthDay: terms.birthDate !== null,
      birthDay: terms.birthDate ?? 0n,
      ageYears: terms.birthDate === null ? -1n : wholeYears(terms.birthDate, basisDay),
    },
    accumulated: accumulatedUnder(world),
    earlierClaim: earlierClaim(world),
  };
}

function claimFacts({ submission, claimed, contracted, submittedAt }: ClaimState): Facts["claim"] {
  const diagnosisDay = submission.diagnosisDate;
  return {
    event: submission.event,
    lossDay: submission.lossDate,
    hasDiagnosisDay: diagnosisDay !== undefined,
    diagnosisDay: diagnosisDay ?? submission.lossDate,
    noticeDay: dayOf(submittedAt),
    diagnoses: submission.diagnoses.map(({ system, code }) => `${system}:${code}`),
    claimed: claimed.minor,
    hasContracted: contracted !== null,
    contracted: contracted?.minor ?? 0n,
    hasOtherPaid: submission.otherPayer !== undefined,
    otherPaid: submission.otherPayer?.paid.minor ?? 0n,
    lines: submission.lines.map((line) => ({
      service: line.service,
      claimed: line.claimed.minor,
      hasContracted: line.contracted !== undefined,
      contracted: line.contracted?.amount.minor ?? 0n,
    })),
  };
}

const claimFields = [
  "event",
  "lossDate",
  "diagnosisDate",
  "diagnoses",
  "lines",
  "claimed",
  "policy",
  "otherPayer",
] as const;
const policyFields = ["coverage", "start", "end", "birthDate", "limit"] as const;

const encodeSubmitted = encoderOf(() => submittedForm.schema) as (
  submitted: Submitted,
) => Record<string, Json>;
const encodeTerms = encoderOf(() => termsSchema) as (terms: Terms) => Record<string, Json>;

/** Every field the facts came from, by reference. */
export function inputsFor(world: ClaimWorld): Input[] {
  const { claim, cover } = world;
  const { submission, claimed, submittedAt } = claim.state;
  const stated = encodeSubmitted({
    ...submission,
    claimant: claim.state.claimant,
    insured: claim.state.insured,
    channel: "claimant",
    claimed,
    now: submittedAt,
  }) as Record<string, Json>;
  const pick = (from: Record<string, Json>, fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, from[field]]));
  const terms = cover && encodeTerms(cover.policy.state.terms);
  return [
    ...inputsOf(claim, pick(stated, [...claimFields, "now"])),
    ...(cover && terms ? inputsOf(cover.policy, pick(terms, policyFields)) : []),
  ];
}
