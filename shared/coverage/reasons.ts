/** Reason codes the engine itself gives; a pack's rules may not use them. */
export const engineReasons = {
  OUTSIDE_EFFECTIVE: "The day the pack goes by is outside the time this version is in force.",
  BASIS_DAY: "The day the pack goes by is not known for this claim.",
  FACTS_TOO_LARGE: "The claim has more diagnoses or lines than a pack may read.",
  NO_RULE: "No rule of the pack speaks about this claim.",
  RULE_ERROR: "A rule needed a fact that is not known, or its arithmetic has no result.",
  RULE_CONFLICT: "Two exceptions to the same rule hold, and nothing says which comes first.",
  TABLE_ROW_MISSING: "A rule needed a table that has no row for this claim.",
  NEGATIVE_AMOUNT: "The rule's amount is below zero.",
  ZERO_ON_NONZERO: "The rule's amount is zero though something was claimed.",
  AMOUNT_ABOVE_CLAIMED: "The rule's amount is above what was claimed.",
  OTHER_PAYER: "Another insurer paid part of this, and the rule does not say how that counts.",
  DUPLICATE_SUSPECTED: "A claim for the same loss and amount on this policy was decided before.",
  LIMIT_REMAINING: "The policy's limit leaves less than the rule's amount.",
  LIMIT_EXHAUSTED: "Nothing is left of the policy's limit.",
} as const;

export type EngineReason = keyof typeof engineReasons;
