import { Malformed } from "../../../shared/base/malformed.ts";

const part = /^[A-Za-z0-9._+-]{1,255}$/;
const maxKeyLength = 512;

/** Whether `key` has the form the ObjectStore port demands. */
export function isObjectKey(key: string): boolean {
  if (key.length > maxKeyLength) return false;
  return key.split("/").every((name) => part.test(name) && name !== "." && name !== "..");
}

/** Throws Malformed unless `key` has the form the ObjectStore port demands. */
export function requireObjectKey(key: string): void {
  if (!isObjectKey(key))
    throw new Malformed("object key", "is not parts of [A-Za-z0-9._+-] joined by /");
}

/** Throws Malformed unless some key could start with `prefix`; the empty prefix names all keys. */
export function requireKeyPrefix(prefix: string): void {
  const folders = prefix.split("/");
  const last = folders.pop() ?? "";
  const wellFormed = folders.length === 0 || isObjectKey(folders.join("/"));
  if (!wellFormed || prefix.length > maxKeyLength || (last !== "" && !part.test(last))) {
    throw new Malformed("object key prefix", "starts no object key");
  }
}

const maxMessageKeyBytes = 1_024;

/**
 * Whether `key` may be of an inbox: whoever leaves a message names it as they like, with spaces, `&`, `+`, `%` or letters of any alphabet, but no part is empty, `.` or `..`, which
 * folders are; at most 1,024 bytes, as in S3.
 */
export function isMessageKey(key: string): boolean {
  if (Buffer.byteLength(key) > maxMessageKeyBytes || key.includes("\0") || !key.isWellFormed()) {
    return false;
  }
  return key.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

/** Throws Malformed unless `key` may be of an inbox. */
export function requireMessageKey(key: string): void {
  if (!isMessageKey(key)) throw new Malformed("message key", "is not parts of a name joined by /");
}
