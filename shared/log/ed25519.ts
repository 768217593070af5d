import { ed25519 } from "@noble/curves/ed25519.js";

/**
 * Whether `signature` (64 bytes) over `message` is by `publicKey` (32 bytes), by RFC 8032 §5.1.7 read strictly: non-canonical
 * encodings of the key, of R or of S and keys of small order are refused (not the laxer ZIP 215 rules). Nothing throws.
 */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}
