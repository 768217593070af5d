import * as z from "zod";
import { lazily } from "../base/lazily.ts";
import { roundings } from "../base/rounding.ts";
import { citation, packReason } from "./citation.ts";
import { periods } from "./period.ts";
import { expression, id, text } from "./words.ts";

/** A decision lists at most 16 reductions: the rule's own, one for each step, and what the policy's limit takes. */
export const maxRuleSteps = 12;

export const stepKinds = [
  "line-limit",
  "deductible",
  "coinsurance",
  "out-of-pocket-maximum",
  "limit",
  "other-payer",
] as const;

const kind = <Kind extends (typeof stepKinds)[number]>(name: Kind) => ({
  ...{ id, reasonCode: packReason(), citation: citation() },
  kind: z.literal(name),
});
const period = z.enum(periods);

/** One reduction that the policy states, by arithmetic alone. Amounts are expressions in minor units; rates in basis points. */
const step = lazily(() =>
  z.discriminatedUnion("kind", [
    /** No line counts for more than `amount`; with `services`, only lines of these. */
    z.strictObject({
      ...kind("line-limit"),
      services: z.array(text(120)).min(1).max(100).optional(),
      amount: expression,
    }),
    /** The insured bears the first `amount` of each period. */
    z.strictObject({ ...kind("deductible"), amount: expression, period }),
    /** The insured bears `rate` of what is left, rounded as said. */
    z.strictObject({
      ...kind("coinsurance"),
      rate: expression,
      rounding: z.enum(roundings),
    }),
    /** What the steps before it leave to the insured is at most `amount` in each period: what is above it is given back. */
    z.strictObject({ ...kind("out-of-pocket-maximum"), amount: expression, period }),
    /** No more than `amount` is paid in each period. */
    z.strictObject({ ...kind("limit"), amount: expression, period }),
    /** What another insurer paid and this one pays are together at most what was charged. */
    z.strictObject(kind("other-payer")),
  ]),
);
export type Step = z.output<ReturnType<typeof step>>;

/** The expression a step goes by, if it has one. */
export const boundOf = (step: Step): readonly string[] => {
  if (step.kind === "other-payer") return [];
  return [step.kind === "coinsurance" ? step.rate : step.amount];
};

/** The steps of a paying rule, in the order they reduce and accumulate. */
export const steps = lazily(() => z.array(step()).min(1).max(maxRuleSteps));
