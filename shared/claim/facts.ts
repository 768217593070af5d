import * as z from "zod";
import type { Json } from "../base/canonical.ts";
import { parseDay } from "../base/day.ts";
import type { Input } from "../base/event.ts";
import { inputsOf } from "../base/inputs.ts";
import type { Instant } from "../base/instant.ts";
import { maxMinor } from "../base/money.ts";
import type { Facts } from "../coverage/facts.ts";
import { termsSchema } from "../policy/policy.ts";
import { submittedForm } from "./submit.ts";
import { type ClaimWorld, remainingUnder } from "./world.ts";

const usPerDay = 86_400_000_000n;
const openEnd = parseDay("2999-12-31", "end");

/** The UTC civil day of an instant. */
export const dayOf = (at: Instant) => at / usPerDay;

/** Whole years from `birth` to `on`, by the civil calendar (a birthday on 29 February counts from 1 March in common years). */
export function ageInYears(birth: bigint, on: bigint): bigint {
  const parts = (day: bigint) => {
    const date = new Date(Number(day) * 86_400_000);
    return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()] as const;
  };
  const [birthYear, birthMonth, birthDate] = parts(birth);
  const [year, month, date] = parts(on);
  const before = month < birthMonth || (month === birthMonth && date < birthDate);
  return BigInt(year - birthYear - (before ? 1 : 0));
}

/** The facts a pack's rules see of this claim under its policy. */
export function factsOf(world: ClaimWorld): Facts | undefined {
  const { claim, cover } = world;
  if (!cover) return undefined;
  const { submission, claimed, contracted, submittedAt } = claim.state;
  const { terms } = cover.policy.state;
  const noticeDay = dayOf(submittedAt);
  const diagnosisDay = submission.diagnosisDate;
  const basis = cover.pack.compiled.pack.dateBasis;
  const basisDay =
    basis === "notice"
      ? noticeDay
      : basis === "diagnosis"
        ? (diagnosisDay ?? submission.lossDate)
        : submission.lossDate;
  const remaining = remainingUnder(world);
  return {
    basisDay,
    claim: {
      event: submission.event,
      lossDay: submission.lossDate,
      hasDiagnosisDay: diagnosisDay !== undefined,
      diagnosisDay: diagnosisDay ?? submission.lossDate,
      noticeDay,
      diagnoses: submission.diagnoses.map(({ system, code }) => `${system}:${code}`),
      claimed: claimed.minor,
      hasContracted: contracted !== null,
      contracted: contracted?.minor ?? 0n,
      lines: submission.lines.map((line) => ({
        service: line.service,
        claimed: line.claimed.minor,
        hasContracted: line.contracted !== undefined,
        contracted: line.contracted?.amount.minor ?? 0n,
      })),
    },
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
      ageYears: terms.birthDate === null ? -1n : ageInYears(terms.birthDate, basisDay),
    },
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
] as const;
const policyFields = ["coverage", "start", "end", "birthDate", "limit"] as const;

/** Every field the facts came from, by reference. */
export function inputsFor(world: ClaimWorld): Input[] {
  const { claim, cover } = world;
  const { submission, claimed, submittedAt } = claim.state;
  const stated = z.encode(submittedForm.schema, {
    ...submission,
    claimant: claim.state.claimant,
    insured: claim.state.insured,
    channel: "claimant",
    claimed,
    now: submittedAt,
  }) as Record<string, Json>;
  const pick = (from: Record<string, Json>, fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, from[field]]));
  const terms = cover && (z.encode(termsSchema, cover.policy.state.terms) as Record<string, Json>);
  return [
    ...inputsOf(claim, pick(stated, [...claimFields, "now"])),
    ...(cover && terms ? inputsOf(cover.policy, pick(terms, policyFields)) : []),
  ];
}
