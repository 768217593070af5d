import type { Json } from "../base/canonical.ts";
import { awardUnder, type Reduction } from "./award.ts";
import type { Citation } from "./citation.ts";
import type { CompiledPack, CompiledRule } from "./compile.ts";
import { basisDayOf, type Facts } from "./facts.ts";
import { readOf } from "./facts-read.ts";
import { isNone, Question } from "./question.ts";
import type { EngineReason } from "./reasons.ts";
import { fundOf } from "./rule-form.ts";
import type { Count } from "./steps.ts";
import { maxDiagnoses, maxLines } from "./types.ts";

/** What a pack says about a claim. Only a person denies: what a pack cannot pay it refers. */
export interface Adjudication {
  readonly outcome: "PAY" | "PAY_PART" | "REFER";
  /** Minor units of the pack's currency; 0n for REFER. */
  readonly minor: bigint;
  readonly reasonCode: string;
  readonly ruleId: string | null;
  readonly citation: Citation | null;
  /** The pack's fund that pays; null for REFER and in a pack without funds. */
  readonly fund: string | null;
  /** claimed − minor, step by step: each by arithmetic the pack states. Empty for PAY and REFER. */
  readonly reductions: readonly Reduction[];
  /** What the claim adds to its policy's accumulators; of a referral what it would have added, as far as the steps of a rule were worked out. */
  readonly counts: readonly Count[];
  /** What was read, every table row and rule in the order they were asked for, then the amount, the reductions or the engine's reason to refer. */
  readonly trace: readonly Json[];
}

/** Judges `facts` by the first rule that holds. Whatever is unknown, fails or has no rule is REFER; never throws for data reasons. */
export function adjudicate(pack: CompiledPack, facts: Facts): Adjudication {
  const unfit = whyUnfit(pack, facts);
  if (unfit !== null) return refer(unfit, null, [{ read: readOf(pack.pack, facts) }]);
  const question = new Question(pack, facts);
  for (const rule of pack.rules) {
    const holds = tryRule(rule, question);
    if (typeof holds !== "boolean") return holds;
    if (!holds) continue;
    const deciding = exceptionTo(rule, question);
    return "outcome" in deciding ? deciding : apply(pack, deciding, facts, question);
  }
  return refer("NO_RULE", null, question.trace);
}

function whyUnfit({ pack, from, to }: CompiledPack, facts: Facts): EngineReason | null {
  const { basisDay, claim } = facts;
  if (basisDayOf(pack.dateBasis, claim) !== basisDay) return "BASIS_DAY";
  if (basisDay < from || (to !== null && basisDay >= to)) return "OUTSIDE_EFFECTIVE";
  const large = claim.diagnoses.length > maxDiagnoses || claim.lines.length > maxLines;
  return large ? "FACTS_TOO_LARGE" : null;
}

/** Whether `rule` holds, or the referral where that has no result. */
function tryRule({ rule, when }: CompiledRule, question: Question): boolean | Adjudication {
  const holds = question.holds(when);
  const none = isNone(holds);
  question.trace.push({ rule: rule.id, when: none ? "error" : holds });
  return none ? refer(holds.none, rule.id, question.trace) : holds;
}

/** The rule that decides where `base` holds: its one exception that holds too, or itself. Two exceptions contradict each other. */
function exceptionTo(base: CompiledRule, question: Question): CompiledRule | Adjudication {
  const holding: CompiledRule[] = [];
  for (const exception of base.exceptions) {
    const holds = tryRule(exception, question);
    if (typeof holds !== "boolean") return holds;
    if (holds) holding.push(exception);
  }
  if (holding.length < 2) return holding[0] ?? base;
  const rules = holding.map(({ rule }) => rule.id);
  return refer("RULE_CONFLICT", base.rule.id, question.trace, { rules });
}

/** What follows from the rule that decides. */
function apply(
  pack: CompiledPack,
  deciding: CompiledRule,
  facts: Facts,
  question: Question,
): Adjudication {
  const { rule } = deciding;
  const { reasonCode, citation } = rule;
  const { trace } = question;
  if (rule.then === "REFER") {
    return { ...referral, reasonCode, ruleId: rule.id, citation, trace };
  }
  if (facts.earlierClaim !== null) {
    trace.push({ earlier: facts.earlierClaim });
    const citation = pack.pack.duplicateCitation ?? null;
    return { ...refer("DUPLICATE_SUSPECTED", rule.id, trace), citation };
  }
  const award = awardUnder(pack, deciding, facts, question);
  if ("none" in award) {
    const { none, counts = [] } = award;
    return { ...refer(none, rule.id, trace), counts };
  }
  const { minor, reductions } = award;
  for (const cut of reductions) trace.push({ less: cut.minor.toString(), reason: cut.reasonCode });
  const reason = reductions.at(-1) ?? { reasonCode, citation };
  return {
    outcome: minor === facts.claim.claimed ? "PAY" : "PAY_PART",
    minor,
    reasonCode: reason.reasonCode,
    ruleId: rule.id,
    citation: reason.citation,
    fund: fundOf(rule),
    reductions,
    counts: award.counts,
    trace,
  };
}

const referral = {
  outcome: "REFER",
  minor: 0n,
  fund: null,
  reductions: [] as readonly Reduction[],
  counts: [] as readonly Count[],
} as const;

function refer(
  reasonCode: EngineReason,
  ruleId: string | null,
  trace: Json[],
  why: { readonly rules?: string[] } = {},
): Adjudication {
  trace.push({ refer: reasonCode, ...why });
  return { ...referral, reasonCode, ruleId, citation: null, trace };
}
