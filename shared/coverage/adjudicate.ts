import type { Json } from "../base/canonical.ts";
import { bindFacts, type Variables } from "./bindings.ts";
import type { CompiledPack, CompiledRule } from "./compile.ts";
import { basisDayOf, type Facts } from "./facts.ts";
import { readOf } from "./facts-read.ts";
import type { Citation } from "./pack-form.ts";
import type { EngineReason } from "./reasons.ts";
import { maxDiagnoses, maxLines } from "./types.ts";

/** What a pack says about a claim. Only a person denies: what a pack cannot pay it refers. */
export interface Adjudication {
  readonly outcome: "PAY" | "PAY_PART" | "REFER";
  /** Minor units of the pack's currency; 0n for REFER. */
  readonly minor: bigint;
  readonly reasonCode: string;
  readonly ruleId: string | null;
  readonly citation: Citation | null;
  /** claimed − minor, step by step: each by arithmetic the pack states. Empty for PAY and REFER. */
  readonly reductions: readonly Reduction[];
  /** What was read, every rule tried with its result, then the amount, the reductions or the engine's reason to refer. */
  readonly trace: readonly Json[];
}
export interface Reduction {
  readonly reasonCode: string;
  readonly minor: bigint;
  readonly citation: Citation | null;
}

/** Judges `facts` by the first rule that holds. Whatever is unknown, fails or has no rule is REFER; never throws for data reasons. */
export function adjudicate(pack: CompiledPack, facts: Facts): Adjudication {
  const trace: Json[] = [{ read: readOf(pack.pack, facts) }];
  const unfit = whyUnfit(pack, facts);
  if (unfit !== null) return refer(unfit, null, trace);
  const variables = bindFacts(facts, pack.parameters);
  for (const compiled of pack.rules) {
    const holds = compiled.when(variables);
    const known = typeof holds === "boolean";
    trace.push({ rule: compiled.rule.id, when: known ? holds : "error" });
    if (!known) return refer("RULE_ERROR", compiled.rule.id, trace);
    if (holds) return apply(pack, compiled, facts, variables, trace);
  }
  return refer("NO_RULE", null, trace);
}

function whyUnfit({ pack, from, to }: CompiledPack, facts: Facts): EngineReason | null {
  const { basisDay, claim } = facts;
  if (basisDayOf(pack.dateBasis, claim) !== basisDay) return "BASIS_DAY";
  if (basisDay < from || (to !== null && basisDay >= to)) return "OUTSIDE_EFFECTIVE";
  const large = claim.diagnoses.length > maxDiagnoses || claim.lines.length > maxLines;
  return large ? "FACTS_TOO_LARGE" : null;
}

function apply(
  pack: CompiledPack,
  { rule, amount }: CompiledRule,
  facts: Facts,
  variables: Variables,
  trace: Json[],
): Adjudication {
  const { reasonCode, citation } = rule;
  if (rule.then === "REFER") {
    const reductions: Reduction[] = [];
    return {
      outcome: "REFER",
      minor: 0n,
      reasonCode,
      ruleId: rule.id,
      citation,
      reductions,
      trace,
    };
  }
  const { claimed } = facts.claim;
  const minor = amount === null ? claimed : amount(variables);
  const known = typeof minor === "bigint";
  trace.push({ amount: known ? minor.toString() : "error" });
  if (!known) return refer("RULE_ERROR", rule.id, trace);
  if (minor < 0n) return refer("NEGATIVE_AMOUNT", rule.id, trace);
  if (minor > claimed) return refer("AMOUNT_ABOVE_CLAIMED", rule.id, trace);
  if (minor === 0n && claimed > 0n) return refer("ZERO_ON_NONZERO", rule.id, trace);
  const reductions: Reduction[] = [];
  if (minor < claimed) reductions.push({ reasonCode, minor: claimed - minor, citation });
  const within =
    facts.policy.present && facts.policy.hasLimit ? least(minor, facts.policy.remaining) : minor;
  if (within < minor) {
    if (within <= 0n) return refer("LIMIT_EXHAUSTED", rule.id, trace);
    const clause = pack.pack.limitCitation ?? null;
    reductions.push({ reasonCode: "LIMIT_REMAINING", minor: minor - within, citation: clause });
  }
  for (const cut of reductions) trace.push({ less: cut.minor.toString(), reason: cut.reasonCode });
  const reason = reductions.at(-1) ?? { reasonCode, citation };
  return {
    outcome: within === claimed ? "PAY" : "PAY_PART",
    minor: within,
    reasonCode: reason.reasonCode,
    ruleId: rule.id,
    citation: reason.citation,
    reductions,
    trace,
  };
}

function refer(reasonCode: EngineReason, ruleId: string | null, trace: Json[]): Adjudication {
  trace.push({ refer: reasonCode });
  const reductions: Reduction[] = [];
  return { outcome: "REFER", minor: 0n, reasonCode, ruleId, citation: null, reductions, trace };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
