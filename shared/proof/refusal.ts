/** Every way a checkpoint or proof is not believed, in one closed list. */
export const proofRefusalCodes = [
  "malformed",
  "unknown-log",
  "bad-signature",
  "quorum-not-met",
  "requirement-not-met",
  "unsigned-extensions",
  "not-included",
] as const;
export type ProofRefusalCode = (typeof proofRefusalCodes)[number];

/** A refusal value; `detail` is plain English and quotes no part of the input but key names. */
export interface ProofRefusal {
  readonly refused: ProofRefusalCode;
  readonly detail: string;
}
