/** Closes and opens sealed parts with AES-256-GCM under a 32-byte data key. */
export interface PartCipher {
  /** nonce ‖ ciphertext ‖ tag; `nonce` is 12 fresh random bytes, `context` is authenticated beside the text. */
  encrypt(key: Uint8Array, nonce: Uint8Array, context: Uint8Array, plain: Uint8Array): Uint8Array;
  /** The plain text; Malformed when key, context or a single byte is another. */
  decrypt(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Uint8Array;
}
