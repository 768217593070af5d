/**
 * Every way the platform says no to a well-formed command, in one closed list. A refusal is a value, never thrown; shared/api maps each
 * code to its HTTP status. `detail` is plain English for the caller and never repeats personal data.
 */
export const refusalCodes = [
  "not-found",
  "not-a-party",
  "not-permitted",
  "simulation-only",
  "wrong-state",
  "not-now",
  "policy-not-active",
  "limit-exceeded",
  "award-exceeded",
  "reserve-exceeded",
  "amount-above-claimed",
  "amount-required",
  "currency-mismatch",
  "day-ahead",
  "reason-required",
  "file-time",
  "not-in-file",
  "person-required",
  "same-person",
  "same-decider",
  "no-policy",
  "no-pack",
  "no-payee",
  "no-payer",
  "unpayable",
  "payee-changed",
  "cooling-off",
  "not-due",
  "screening-hold",
  "screening-due",
  "order-lapsed",
  "recovery-exceeded",
  "above-authority",
  "kind-has-none",
  "duplicate",
  "key-reused",
  "stale",
  "erased",
  "legal-hold",
  "claim-open",
  "golden-case",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export interface Refusal {
  readonly refused: RefusalCode;
  readonly detail: string;
  /** The command's field that caused it, where one did. */
  readonly field?: string;
}

/** A refusal value. */
export const refuse = (refused: RefusalCode, detail: string, field?: string): Refusal =>
  field === undefined ? { refused, detail } : { refused, detail, field };

/** Whether a decide function said no. */
export const isRefusal = (value: object): value is Refusal => "refused" in value;
