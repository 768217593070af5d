import { Malformed } from "../base/malformed.ts";

/** Every way a checkpoint or proof is not believed, in one closed list. */
export const proofRefusalCodes = [
  "malformed",
  "unknown-log",
  "bad-signature",
  "quorum-not-met",
  "requirement-not-met",
  "unsigned-extensions",
  "not-included",
  "not-consistent",
] as const;
export type ProofRefusalCode = (typeof proofRefusalCodes)[number];

/** A refusal value; `detail` is plain English and quotes no part of the input but key names. */
export interface ProofRefusal {
  readonly refused: ProofRefusalCode;
  readonly detail: string;
}

/** The refusal with this code and reason. */
export const refuse = (refused: ProofRefusalCode, detail: string): ProofRefusal => ({
  refused,
  detail,
});

/** What `verify` answers, and "malformed" where it throws Malformed. */
export function orMalformed<T>(verify: () => T | ProofRefusal): T | ProofRefusal {
  try {
    return verify();
  } catch (error) {
    if (error instanceof Malformed) return refuse("malformed", error.message);
    throw error;
  }
}
