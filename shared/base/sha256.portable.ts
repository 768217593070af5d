import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

export { sha256 };

/** SHA-256 of `bytes`, its 32 bytes written into `target` from `offset` on. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  target.set(sha256(bytes), offset);
}

/** SHA-256 of what comes in pieces. */
export function sha256OfPieces(): {
  readonly add: (bytes: Uint8Array) => void;
  readonly digest: () => Uint8Array;
} {
  const running = sha256.create();
  return { add: (bytes) => void running.update(bytes), digest: () => running.digest() };
}

/** HMAC-SHA-256 (RFC 2104, RFC 6234): 32 bytes. */
export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  hmac(sha256, key, message);
