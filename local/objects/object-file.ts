import { hash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
} from "node:fs";
import { assert, Malformed } from "../../shared/base/malformed.ts";
import { errorCode } from "./folder-error.ts";

/** The tag of an object's bytes in a folder or in memory: their SHA-256 in hexadecimal. */
export const tagOf = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of the plain file at `path`; undefined if there is none. A link is Malformed. */
export function readObject(path: string): Uint8Array | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, readOnly);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") throw new Malformed("object", "is a link");
    throw error;
  }
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether an object is at `path`. A key that is also the folder of other keys is a bug. */
export function isTaken(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  assert(found === undefined || !found.isDirectory(), "no object key is the folder of another");
  return found !== undefined;
}

/** Gives the file `written` the name `path` too, unless that is taken. */
export function linkIfAbsent(written: string, path: string): "stored" | "exists" {
  try {
    linkSync(written, path);
    return "stored";
  } catch (error) {
    if (errorCode(error) === "EEXIST") return "exists";
    throw error;
  }
}

/** Moves the file `written` onto `path` if the bytes there have the tag `held`. Call it under the store's lock. */
export function swap(written: string, path: string, held: string): "stored" | "changed" {
  const current = readObject(path);
  if (current === undefined || tagOf(current) !== held) return "changed";
  renameSync(written, path);
  return "stored";
}
