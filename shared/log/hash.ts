import { concat } from "../base/bytes.ts";
import { sha256 } from "../base/sha256.ts";

/** Bytes of every hash in a tree: SHA-256. */
export const hashBytes = 32;

/** The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1). */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));

const leafPrefix = Uint8Array.of(0x00);

/** The hash of one entry: SHA-256(0x00 ‖ entry) (RFC 6962 §2.1). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(concat(leafPrefix, entry));

const node = new Uint8Array(1 + 2 * hashBytes);
node[0] = 0x01;

/** The hash of two 32-byte subtree hashes: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 1 + hashBytes);
  return sha256(node);
}

/** Whether `value` is a 32-byte array, whatever a caller without types handed over. */
export const isHash = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.length === hashBytes;
