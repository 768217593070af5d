import { concat } from "../base/bytes.ts";
import { sha256, sha256Into } from "../base/sha256.ts";

/** Bytes of every hash in a tree: SHA-256. */
export const hashBytes = 32;

/** The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1). */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));

/** 0x00 and room for an entry of up to 65,535 bytes: an array of its own for each would cost as much as the hash. */
const leaf = new Uint8Array(1 + 65_535);

/** The hash of one entry: SHA-256(0x00 ‖ entry) (RFC 6962 §2.1). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(prefixed(entry));

/** {@link leafHash} of `entry`, written into `target` from `offset` on: for logs whose hashes fill memory. */
export const leafHashInto = (entry: Uint8Array, target: Uint8Array, offset: number): void =>
  sha256Into(prefixed(entry), target, offset);

function prefixed(entry: Uint8Array): Uint8Array {
  if (entry.length >= leaf.length) return concat(Uint8Array.of(0x00), entry);
  leaf.set(entry, 1);
  return leaf.subarray(0, 1 + entry.length);
}

const node = new Uint8Array(1 + 2 * hashBytes);
node[0] = 0x01;

/** The hash of two 32-byte subtree hashes: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 1 + hashBytes);
  return sha256(node);
}

/** {@link nodeHash} of the two hashes that lie in `pairs` from `at` on, written into `target` from `offset` on. */
export function nodeHashInto(
  pairs: Uint8Array,
  at: number,
  target: Uint8Array,
  offset: number,
): void {
  for (let i = 0; i < 2 * hashBytes; i++) node[1 + i] = pairs[at + i] ?? 0;
  sha256Into(node, target, offset);
}

/** Whether `value` is a 32-byte array, whatever a caller without types handed over. */
export const isHash = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.length === hashBytes;
