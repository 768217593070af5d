import { sha256 } from "@noble/hashes/sha2.js";

export { sha256 };

/** SHA-256 of `bytes`, its 32 bytes written into `target` from `offset` on. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  target.set(sha256(bytes), offset);
}
