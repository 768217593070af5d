import type { ClaimEvent } from "../base/claim-event.ts";
import { type Day, formatDay } from "../base/day.ts";

/** What a pack may read about one claim. Amounts are minor units of the pack's currency, dates are days since 1970-01-01. */
export interface Facts {
  /** The day the pack's dateBasis names. */
  readonly basisDay: Day;
  readonly claim: {
    readonly event: ClaimEvent;
    readonly lossDay: Day;
    readonly hasDiagnosisDay: boolean;
    readonly diagnosisDay: Day;
    readonly noticeDay: Day;
    /** "icd-10:U07.1": system, colon, code. */
    readonly diagnoses: readonly string[];
    readonly claimed: bigint;
    readonly hasContracted: boolean;
    readonly contracted: bigint;
    /** What another insurer paid for the same, where the claim states it. */
    readonly hasOtherPaid: boolean;
    readonly otherPaid: bigint;
    readonly lines: readonly LineFacts[];
  };
  readonly policy: {
    readonly present: boolean;
    readonly coverage: string;
    readonly startDay: Day;
    /** The first day no longer covered; 2999-12-31 when open. */
    readonly endDay: Day;
    readonly hasLimit: boolean;
    readonly limit: bigint;
    readonly remaining: bigint;
  };
  readonly insured: {
    readonly hasBirthDay: boolean;
    readonly birthDay: Day;
    /** Whole years on basisDay, -1 when unknown. */
    readonly ageYears: bigint;
  };
  /**
   * What other claims of the policy add up to under its coverage, in minor units by accumulator ("annual-deductible/2021-01-01", period.ts). Read by
   * steps, not by expressions.
   */
  readonly accumulated: Readonly<Record<string, bigint>>;
  /** The handle of a claim of the same loss and amount that was decided before; null without one, or where the pack looks for none. */
  readonly earlierClaim: string | null;
}

/** One service line as a pack sees it. */
export interface LineFacts {
  readonly service: string;
  readonly claimed: bigint;
  readonly hasContracted: boolean;
  readonly contracted: bigint;
}

/** Which day of a claim decides the version, the window and the age. */
export type DateBasis = "loss" | "diagnosis" | "notice";

/** The day of `claim` that `basis` names; undefined when the claim does not have it. */
export function basisDayOf(basis: DateBasis, claim: Facts["claim"]): Day | undefined {
  if (basis === "loss") return claim.lossDay;
  if (basis === "notice") return claim.noticeDay;
  return claim.hasDiagnosisDay ? claim.diagnosisDay : undefined;
}

/**
 * Whole years lived on `day` by someone born on `birthDay`; -1 when born later. Who is born on 29 February ages on 1 March of a common
 * year.
 */
export function wholeYears(birthDay: Day, day: Day): bigint {
  if (birthDay > day) return -1n;
  const [birth, now] = [formatDay(birthDay), formatDay(day)];
  const years = BigInt(now.slice(0, 4)) - BigInt(birth.slice(0, 4));
  return now.slice(5) < birth.slice(5) ? years - 1n : years;
}
