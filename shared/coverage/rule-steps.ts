import type * as z from "zod";
import type { Facts } from "./facts.ts";
import { accumulatorName } from "./period.ts";
import type { Rule } from "./rule-form.ts";
import { type Step, stepKinds } from "./step-form.ts";

/** The steps of a rule; a rule that refers has none. */
export const stepsOf = (rule: Rule): readonly Step[] =>
  rule.then === "REFER" ? [] : (rule.steps ?? []);

/** The accumulators that any step of `rules` asks for, for a claim of these facts. */
export const accumulatorsFor = (
  { rules }: { readonly rules: readonly Rule[] },
  facts: Pick<Facts, "basisDay" | "policy">,
): string[] =>
  rules.flatMap(stepsOf).flatMap((step) => {
    const name = "period" in step ? accumulatorName(step.id, step.period, facts) : null;
    return name ? [name] : [];
  });

type Kind = Step["kind"];
const after: Readonly<Record<Kind, readonly Kind[]>> = {
  "line-limit": ["line-limit"],
  deductible: ["line-limit", "deductible", "coinsurance", "limit", "other-payer"],
  coinsurance: ["line-limit", "deductible", "coinsurance", "limit", "other-payer"],
  "out-of-pocket-maximum": ["line-limit", "deductible", "coinsurance"],
  limit: stepKinds,
  "other-payer": ["line-limit", "deductible", "coinsurance", "out-of-pocket-maximum", "limit"],
};

/**
 * Refuses lists whose order has no meaning: a line's limit after the lines are added up; something given back above a limit; a maximum with nothing
 * to bear before it. And one accumulator (a step's id) that would be two things in two rules.
 */
export function requireOrder(
  { rules }: { readonly rules: readonly Rule[] },
  context: z.RefinementCtx,
): void {
  const known = new Map<string, string>();
  for (const [index, rule] of rules.entries()) {
    const list = stepsOf(rule);
    for (const [at, each] of list.entries()) {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: "custom", path: ["rules", index, "steps", at, field], message });
      const before = list.slice(0, at);
      const odd = before.find(({ kind: earlier }) => !after[each.kind].includes(earlier));
      if (odd) refuse("kind", `may not come after ${odd.kind}`);
      if (each.kind === "line-limit" && "amount" in rule && rule.amount !== undefined) {
        refuse("kind", "needs a rule without an amount: it starts from what each line claims");
      }
      const bears = before.some((one) => one.kind === "deductible" || one.kind === "coinsurance");
      if (each.kind === "out-of-pocket-maximum" && !bears) {
        refuse("kind", "needs a deductible or coinsurance before it");
      }
      if (before.some((one) => one.id === each.id)) refuse("id", "is repeated");
      const counts = `${each.kind} per ${"period" in each ? each.period : "claim"}`;
      if ((known.get(each.id) ?? counts) !== counts) {
        refuse("id", `is a ${known.get(each.id)} in a rule before`);
      }
      known.set(each.id, counts);
    }
  }
}
