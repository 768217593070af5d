import { allocate } from "../base/allocate.ts";
import type { Json } from "../base/canonical.ts";
import type { Citation } from "./citation.ts";
import type { CompiledPack, CompiledRule } from "./compile.ts";
import type { Facts } from "./facts.ts";
import { isNone, type NoResult, type Question } from "./question.ts";
import type { EngineReason } from "./reasons.ts";
import { type Count, runSteps, type Worked } from "./steps.ts";

/** What was taken off, by whose reason and clause. */
export interface Reduction {
  readonly reasonCode: string;
  readonly minor: bigint;
  readonly citation: Citation | null;
}

/** Minor units awarded, what was taken off the claimed amount step by step, and what that adds to which accumulators. */
export interface Award {
  readonly minor: bigint;
  readonly reductions: readonly Reduction[];
  readonly counts: readonly Count[];
}

/** Why a rule that pays awards nothing; `counts` is what its steps came to, where they were worked out. */
export interface Unpaid extends NoResult {
  readonly counts?: readonly Count[];
}

/** What the rule that decides awards: its amount, reduced by its steps in their order, cut by what is left of the policy's limit. */
export function awardUnder(
  pack: CompiledPack,
  { rule, amount, steps }: CompiledRule,
  facts: Facts,
  question: Question,
): Award | Unpaid {
  const { claimed, hasOtherPaid, otherPaid } = facts.claim;
  const minor = amount === null ? claimed : question.amount(amount);
  question.trace.push({ amount: isNone(minor) ? "error" : minor.toString() });
  if (isNone(minor)) return minor;
  const unfit = whyUnfit(minor, claimed);
  if (unfit !== null) return { none: unfit };
  if (hasOtherPaid && otherPaid > 0n && !steps.some(({ step }) => step.kind === "other-payer")) {
    return { none: "OTHER_PAYER" };
  }
  const { reasonCode, citation } = rule;
  const reductions: Reduction[] = [];
  if (minor < claimed) reductions.push({ reasonCode, minor: claimed - minor, citation });
  if (steps.length === 0) return withinLimit(pack, minor, facts, reductions, []);
  const worked = runSteps(steps, facts, question, minor);
  if (isNone(worked)) return worked;
  for (const { step, minor } of worked.cuts) {
    if (minor > 0n)
      reductions.push({ reasonCode: step.reasonCode, minor, citation: step.citation });
  }
  const { counts } = worked;
  if (worked.minor === 0n && claimed > 0n) return { none: "ZERO_ON_NONZERO", counts };
  const award = withinLimit(pack, worked.minor, facts, reductions, counts);
  if (!("none" in award)) question.trace.push(...byLine(award.minor, worked));
  return award;
}

function whyUnfit(minor: bigint, claimed: bigint): EngineReason | null {
  if (minor < 0n) return "NEGATIVE_AMOUNT";
  if (minor > claimed) return "AMOUNT_ABOVE_CLAIMED";
  return minor === 0n && claimed > 0n ? "ZERO_ON_NONZERO" : null;
}

function withinLimit(
  { pack }: CompiledPack,
  minor: bigint,
  { policy }: Facts,
  reductions: readonly Reduction[],
  counts: readonly Count[],
): Award | Unpaid {
  const { present, hasLimit, remaining } = policy;
  if (!present || !hasLimit || remaining >= minor) return { minor, reductions, counts };
  if (remaining <= 0n) return { none: "LIMIT_EXHAUSTED", counts };
  const cut = {
    reasonCode: "LIMIT_REMAINING",
    minor: minor - remaining,
    citation: pack.limitCitation ?? null,
  };
  const paid = counts.map((count) =>
    count.counts === "paid" ? { ...count, minor: remaining } : count,
  );
  return { minor: remaining, reductions: [...reductions, cut], counts: paid };
}

/** What of the award each line gets, in proportion to what its own limits left of it; nothing to say of a claim of one line. */
function byLine(award: bigint, { lines }: Worked): Json[] {
  const parts = lines.length > 1 ? allocate(award, lines) : undefined;
  return parts ? [{ lines: parts.map(String) }] : [];
}
