import { isHash } from "../log/hash.ts";

/** Most hashes a proof can have: a tree of fewer than 2⁶³ leaves is 63 high, a consistency proof has one more. */
export const maxProofHashes = 64;

/** Whether `value` is an array of at most 64 hashes of 32 bytes. */
export function isHashList(value: unknown): value is readonly Uint8Array[] {
  if (!Array.isArray(value) || value.length > maxProofHashes) return false;
  for (let i = 0; i < value.length; i++) if (!isHash(value[i])) return false;
  return true;
}
