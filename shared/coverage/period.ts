import { formatDay } from "../base/day.ts";
import type { Facts } from "./facts.ts";

/**
 * Over which time a step's amounts add up: one claim; the calendar year of the basis day; the policy's term, which a renewal with another start
 * begins anew; the policy's whole life, whatever its terms.
 */
export const periods = ["claim", "calendar-year", "policy", "lifetime"] as const;
export type Period = (typeof periods)[number];

/**
 * What names the accumulator of step `id` in the period these facts fall in: "annual-deductible/2021-01-01", the period's first day, or
 * "…/lifetime". Null for a claim's own, which adds up nowhere; undefined where the period is not known (a term without a policy).
 */
export function accumulatorName(
  id: string,
  period: Period,
  { basisDay, policy }: Pick<Facts, "basisDay" | "policy">,
): string | null | undefined {
  switch (period) {
    case "claim":
      return null;
    case "calendar-year":
      return `${id}/${formatDay(basisDay).slice(0, 4)}-01-01`;
    case "policy":
      return policy.present ? `${id}/${formatDay(policy.startDay)}` : undefined;
    case "lifetime":
      return `${id}/lifetime`;
  }
}
