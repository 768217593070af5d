/**
 * The closed list of record types (docs/spec/record.md): the act, never its outcome. A type about persons has one sealed size (leaves, a power
 * of two), the same for all its records so that the size tells nothing; a type about no person is public.
 */
export const sealedSizes = {
  "policy.issued": 16,
  "policy.endorsed": 16,
  "policy.cancelled": 8,
  "claim.submitted": 16,
  "claim.acknowledged": 8,
  "claim.information-requested": 8,
  "claim.information-answered": 8,
  "claim.assigned": 8,
  "claim.reserved": 8,
  "claim.payee-changed": 8,
  "claim.evidence-declared": 8,
  "claim.evidence-confirmed": 8,
  "claim.clock-breached": 8,
  "claim.decided": 32,
  "claim.appealed": 8,
  "claim.reopened": 8,
  "claim.withdrawn": 8,
  "claim.closed": 8,
  "payout.proposed": 16,
  "payout.screened": 8,
  "payout.approved": 16,
  "payout.released": 8,
  "payout.reported": 8,
  "payout.break-closed": 8,
  "payout.recovered": 8,
  "payout.stopped": 8,
  "payout.voided": 8,
  "payout.reissued": 8,
  "document.imported": 16,
  "totals.recorded": 16,
} as const;
export type SealedType = keyof typeof sealedSizes;

export const publicTypes = [
  "log.genesis",
  "keys.published",
  "bands.published",
  "payments.published",
  "clocks.published",
  "pack.published",
  "reconciliation.recorded",
  "retention.published",
  "openings.disclosed",
  "journal.imported",
  "hold.placed",
  "hold.lifted",
  "erasure.requested",
  "erasure.declined",
  "erasure.approved",
  "erasure.recorded",
  "erasure.completed",
] as const;
export type PublicType = (typeof publicTypes)[number];
export type RecordType = SealedType | PublicType;

export const isSealedType = (type: string): type is SealedType => Object.hasOwn(sealedSizes, type);
export const isPublicType = (type: string): type is PublicType =>
  (publicTypes as readonly string[]).includes(type);
