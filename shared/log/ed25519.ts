import { ed25519Holds } from "#signatures";

/**
 * Whether `signature` (64 bytes) over `message` is by `publicKey` (32 bytes): RFC 8032 §5.1.7 read strictly. Non-canonical encodings
 * of the key, of R or of S and keys of small order are refused (ZIP 215 would let them pass). The group equation is the cofactored
 * one; only a key's own holder could craft a signature on which verifiers without cofactor differ. Nothing throws.
 */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return ed25519Holds(publicKey, message, signature);
}
