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
