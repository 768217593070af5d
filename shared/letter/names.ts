import type { Pack } from "../coverage/pack.ts";

/** What a value is, and so how it is said. */
export type Unit =
  | "day"
  | "days"
  | "years"
  | "money"
  | "basis-points"
  | "number"
  | "text"
  | "flag"
  | "codes"
  | "lines"
  | "sums";

/** What a claimant calls each fact of coverage/facts.ts; a letter lists them in this order. */
export const factNames: Readonly<Record<string, readonly [name: string, unit: Unit]>> = {
  "claim.event": ["kind of event", "text"],
  "claim.lossDay": ["date of loss", "day"],
  "claim.diagnosisDay": ["date of first diagnosis", "day"],
  "claim.noticeDay": ["day the claim reached the insurer", "day"],
  "claim.diagnoses": ["diagnoses", "codes"],
  "claim.claimed": ["amount claimed", "money"],
  "claim.contracted": ["amount fixed by contract", "money"],
  "claim.otherPaid": ["paid by another insurer", "money"],
  "claim.lines": ["services", "lines"],
  "policy.present": ["names a policy", "flag"],
  "policy.coverage": ["coverage", "text"],
  "policy.startDay": ["first day of cover", "day"],
  "policy.endDay": ["end of cover (first day not covered)", "day"],
  "policy.limit": ["limit of the policy", "money"],
  "policy.remaining": ["left of the policy's limit", "money"],
  "insured.birthDay": ["date of birth", "day"],
  "insured.ageYears": ["age in whole years", "years"],
  accumulated: ["added up by claims before this one", "sums"],
  earlierClaim: ["claim for the same loss decided before", "text"],
};

/** The fact that `basisDay` is, by the pack's date basis. */
export const basisFact = {
  loss: "claim.lossDay",
  diagnosis: "claim.diagnosisDay",
  notice: "claim.noticeDay",
} as const satisfies Record<Pack["dateBasis"], string>;

/** A yes-or-no fact as a sentence, and its contrary. */
export const flagSentences: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  "policy.present": ["the claim names a policy", "the claim names no policy"],
  "policy.hasLimit": ["the policy has a limit", "the policy has no limit"],
  "claim.hasDiagnosisDay": [
    "the date of first diagnosis is known",
    "the date of first diagnosis is not known",
  ],
  "claim.hasContracted": ["an amount is fixed by contract", "no amount is fixed by contract"],
  "claim.hasOtherPaid": [
    "another insurer paid for the same",
    "no other insurer's payment is stated",
  ],
  "insured.hasBirthDay": ["the date of birth is known", "the date of birth is not known"],
};

/** "otherPayerPaid" as words, for a name that no table above has. */
export const wordsOf = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
