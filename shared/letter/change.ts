import type { Day } from "../base/day.ts";
import { basisDayOf, type DateBasis, type Facts, wholeYears } from "../coverage/facts.ts";
import { basisFact } from "./names.ts";

/** The dates of a claim and its policy that a counterfactual changes, one at a time. */
export const dates = [
  "claim.lossDay",
  "claim.diagnosisDay",
  "claim.noticeDay",
  "policy.startDay",
  "policy.endDay",
  "insured.birthDay",
] as const;
export type DateFact = (typeof dates)[number];

/** The date as it was; undefined where it is not known: what nobody knows is not changed. */
export function dateIn({ claim, policy, insured }: Facts, date: DateFact): Day | undefined {
  switch (date) {
    case "claim.lossDay":
      return claim.lossDay;
    case "claim.noticeDay":
      return claim.noticeDay;
    case "claim.diagnosisDay":
      return claim.hasDiagnosisDay ? claim.diagnosisDay : undefined;
    case "policy.startDay":
      return policy.present ? policy.startDay : undefined;
    case "policy.endDay":
      return policy.present ? policy.endDay : undefined;
    case "insured.birthDay":
      return insured.hasBirthDay ? insured.birthDay : undefined;
  }
}

/** `facts` with that one date changed, and the day the pack goes by and the age made again from it. */
export function withDate(facts: Facts, date: DateFact, day: Day, basis: DateBasis): Facts {
  const [group = "", field = ""] = date.split(".");
  const changed: Facts = {
    ...facts,
    [group]: { ...facts[group as "claim" | "policy" | "insured"], [field]: day },
  };
  const basisDay = basisDayOf(basis, changed.claim) ?? facts.basisDay;
  const { hasBirthDay, birthDay } = changed.insured;
  const ageYears = hasBirthDay ? wholeYears(birthDay, basisDay) : -1n;
  return { ...changed, basisDay, insured: { ...changed.insured, ageYears } };
}

/** How many days a fact moves when `date` moves by one; ages go by {@link agesWith}. */
export const moves = (path: string, date: DateFact, basis: DateBasis): 0 | 1 =>
  path === date || (path === "basisDay" && basisFact[basis] === date) ? 1 : 0;

/** Whether the age is another when `date` is. */
export const agesWith = (date: DateFact, basis: DateBasis): boolean =>
  date === "insured.birthDay" || basisFact[basis] === date;
