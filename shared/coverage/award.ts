import type { CompiledPack, CompiledRule } from "./compile.ts";
import type { Facts } from "./facts.ts";
import { type Answer, isNone, type Question } from "./question.ts";
import type { EngineReason } from "./reasons.ts";
import type { Citation } from "./rule-form.ts";

/** What was taken off, by whose reason and clause. */
export interface Reduction {
  readonly reasonCode: string;
  readonly minor: bigint;
  readonly citation: Citation | null;
}

/** Minor units awarded, and what was taken off the claimed amount, step by step. */
export interface Award {
  readonly minor: bigint;
  readonly reductions: readonly Reduction[];
}

/** What the rule that decides awards: its amount, cut by what is left of the policy's limit. */
export function awardUnder(
  pack: CompiledPack,
  { rule, amount }: CompiledRule,
  facts: Facts,
  question: Question,
): Answer<Award> {
  const { claimed } = facts.claim;
  const minor = amount === null ? claimed : question.amount(amount);
  question.trace.push({ amount: isNone(minor) ? "error" : minor.toString() });
  if (isNone(minor)) return minor;
  const unfit = whyUnfit(minor, claimed);
  if (unfit !== null) return { none: unfit };
  const { reasonCode, citation } = rule;
  const reductions: Reduction[] = [];
  if (minor < claimed) reductions.push({ reasonCode, minor: claimed - minor, citation });
  const within = withinLimit(minor, facts.policy);
  if (within < minor) {
    if (within <= 0n) return { none: "LIMIT_EXHAUSTED" };
    const clause = pack.pack.limitCitation ?? null;
    reductions.push({ reasonCode: "LIMIT_REMAINING", minor: minor - within, citation: clause });
  }
  return { minor: within, reductions };
}

function whyUnfit(minor: bigint, claimed: bigint): EngineReason | null {
  if (minor < 0n) return "NEGATIVE_AMOUNT";
  if (minor > claimed) return "AMOUNT_ABOVE_CLAIMED";
  return minor === 0n && claimed > 0n ? "ZERO_ON_NONZERO" : null;
}

function withinLimit(minor: bigint, { present, hasLimit, remaining }: Facts["policy"]): bigint {
  return present && hasLimit && remaining < minor ? remaining : minor;
}
