import { mlDsa44Holds } from "#signatures";

/** Bytes of an ML-DSA-44 public key and signature (FIPS 204, table 2). */
export const mlDsa44Bytes = { publicKey: 1312, signature: 2420 } as const;

/** Whether `signature` over `message` is by `publicKey`: pure ML-DSA-44 with an empty context (FIPS 204 §5.3). Nothing throws. */
export function verifyMlDsa44(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== mlDsa44Bytes.publicKey) return false;
  if (signature.length !== mlDsa44Bytes.signature) return false;
  return mlDsa44Holds(publicKey, message, signature);
}
