import { concat } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";

/** Bytes of every hash in a QLDB journal (SHA-256). */
export const hashBytes = 32;

/**
 * QLDB's way to join two hashes: SHA-256 of both, the smaller first, compared as signed bytes from the last to the first
 * (Amazon's Java sample verifier). An empty hash leaves the other unchanged. The order of the arguments doesn't count, so a
 * proof made of `dot` shows that a hash is covered, never where it stands. Throws Malformed for any length but 0 and 32.
 */
export function dot(a: Uint8Array, b: Uint8Array): Uint8Array {
  requireHashOrEmpty(a);
  requireHashOrEmpty(b);
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return sha256(compareSigned(a, b) < 0 ? concat(a, b) : concat(b, a));
}

/** Throws Malformed unless `hash` has 32 bytes. */
export function requireHash(hash: Uint8Array, where: string): void {
  if (hash.length !== hashBytes) throw new Malformed(where, "is not a hash of 32 bytes");
}

function requireHashOrEmpty(hash: Uint8Array): void {
  if (hash.length !== 0) requireHash(hash, "hash");
}

function compareSigned(a: Uint8Array, b: Uint8Array): number {
  for (let i = hashBytes - 1; i >= 0; i--) {
    const difference = signed(a[i]) - signed(b[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

const signed = (byte = 0): number => (byte << 24) >> 24;
