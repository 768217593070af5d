/** countersign/proof: what shows a stranger that a record is in a log. */
export { type ConsistencyClaim, proveConsistency, verifyConsistency } from "./consistency.ts";
export { formatHashLines, parseHashLines } from "./hash-lines.ts";
export { type InclusionClaim, proveInclusion, verifyInclusion } from "./inclusion.ts";
export {
  formatReceipt,
  parseReceipt,
  type ReceiptContent,
  type ReceiptForm,
  readUnanchored,
  type ShownOpening,
  type ShownRecord,
  showOpenings,
  type VerifiedReceipt,
  verifyReceipt,
} from "./receipt.ts";
export { type ProofRefusal, type ProofRefusalCode, proofRefusalCodes } from "./refusal.ts";
export { formatTlogProof, parseTlogProof, type TlogProof } from "./tlog-proof.ts";
export { type Inclusion, verifyCheckpoint, verifyTlogProof } from "./verify-checkpoint.ts";
export { type Unrewritten, verifyUnrewritten } from "./verify-unrewritten.ts";
