import type { LogKeyType } from "../log/key.ts";

/** What anyone may know of a key that signs a log. Throws Unavailable. */
export interface PublicKey {
  readonly type: LogKeyType;
  /** The raw public key, unwrapped from the service's DER SPKI: 32 bytes of Ed25519 (RFC 8032), 1312 of ML-DSA-44 (FIPS 204). */
  publicKey(): Promise<Uint8Array>;
}

/** Signs with one asymmetric key that never leaves its service. Throws Unavailable. */
export interface CheckpointKey extends PublicKey {
  /** The signature (64 or 2420 bytes) over `message` (1 to 4096 bytes, KMS's RAW limit); ML-DSA-44 ones are hedged, so two differ. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Names what a data key is for; bound as authenticated context, so a wrapped key can't be used for another person. */
export interface DataKeyContext {
  readonly insurer: string;
  readonly person: string;
  readonly class: string;
}

/** Makes and unwraps 32-byte AES-256 data keys under a master key that never leaves its service. Throws Unavailable. */
export interface DataKeyService {
  generate(context: DataKeyContext): Promise<{ plain: Uint8Array; wrapped: Uint8Array }>;
  unwrap(wrapped: Uint8Array, context: DataKeyContext): Promise<Uint8Array>;
}
