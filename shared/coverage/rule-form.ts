import * as z from "zod";
import { lazily } from "../base/lazily.ts";
import { citation, packReason } from "./citation.ts";
import { steps } from "./step-form.ts";
import { expression, id } from "./words.ts";

/** Named apart so that no object here looks like a promise. */
const then = "then";
const head = () => ({
  id,
  /** The rule this one takes the place of, where both hold. */
  exceptionTo: id.optional(),
  when: expression,
  reasonCode: packReason(),
  citation: citation(),
});
const pays = () => ({ ...head(), fund: id.optional(), steps: steps().optional() });

/** A rule: when it holds, and what follows. There is none that denies. */
export const rule = lazily(() =>
  z.discriminatedUnion("then", [
    z.strictObject({ ...pays(), [then]: z.literal("PAY"), amount: expression.optional() }),
    z.strictObject({ ...pays(), [then]: z.literal("PAY_PART"), amount: expression }),
    z.strictObject({ ...head(), [then]: z.literal("REFER") }),
  ]),
);
export type Rule = z.output<ReturnType<typeof rule>>;

/** The fund a rule pays from; null where it pays nothing or the pack has no funds. */
export const fundOf = (rule: Rule): string | null =>
  rule.then === "REFER" ? null : (rule.fund ?? null);

/** Refuses rules that are an exception to no rule before them, and funds that are not on the pack's list. */
export function requireBonds(
  {
    rules,
    funds,
  }: { readonly rules: readonly Rule[]; readonly funds?: readonly string[] | undefined },
  context: z.RefinementCtx,
): void {
  const bases = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: "custom", path: ["rules", index, field], message });
    if (rule.exceptionTo === undefined) bases.add(rule.id);
    else if (!bases.has(rule.exceptionTo)) {
      refuse("exceptionTo", "names no rule before this one that is itself no exception");
    }
    if (rule.then === "REFER") continue;
    if (rule.fund === undefined && funds) refuse("fund", "is missing: the pack has funds");
    if (rule.fund !== undefined && !funds?.includes(rule.fund)) {
      refuse("fund", "names no fund of the pack's list");
    }
  }
}
