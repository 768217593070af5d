/** Signs note texts with one asymmetric key that never leaves its service. Throws Unavailable. */
export interface CheckpointKey {
  /** The raw 32-byte Ed25519 public key (RFC 8032), unwrapped from the service's DER SPKI. */
  publicKey(): Promise<Uint8Array>;
  /** A 64-byte Ed25519 signature over `message` (1 to 4096 bytes, KMS's RAW limit). */
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
