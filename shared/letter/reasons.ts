import { engineReasons } from "../coverage/reasons.ts";

/** What a person's reason, and a referral no pack gave, mean. A pack's own codes are explained by the clause they cite. */
const words: Readonly<Record<string, string>> = {
  ...engineReasons,
  NO_POLICY: "The claim names no policy, so there are no rules to go by.",
  POLICY_CANCELLED: "The policy was cancelled, so a machine may not go by its rules.",
  COVERED: "The claim is covered.",
  COVERED_AT_ZERO: "The claim is covered, and what is allowed for it is nothing.",
  PLAN_SCHEDULE: "The plan's schedule fixes the amount.",
  GOODWILL: "The insurer pays without being obliged to.",
  NOT_COVERED: "The policy does not cover this.",
  NO_INSURER: "No insurer is named for this claim.",
  ELIGIBILITY_UNVERIFIED: "It could not be shown that there was cover.",
  WAITING_PERIOD: "It happened in the waiting period.",
  DUPLICATE_CLAIM: "The same was claimed before.",
  INSUFFICIENT_EVIDENCE: "What was shown is not enough.",
};

/** A reason code in a sentence; undefined for a code of a pack. */
export const reasonSentence = (code: string): string | undefined =>
  Object.hasOwn(words, code) ? words[code] : undefined;
