import { Malformed } from "../base/malformed.ts";

/** Longest key name or origin in bytes: ML-DSA cosignatures write its length in one byte (tlog-cosignature). */
export const maxNameBytes = 255;

/** Throws Malformed unless `name` may stand in a signature line: no spaces, no plus, no control characters. */
export function requireKeyName(name: string, where: string): void {
  if (name === "") throw new Malformed(where, "is empty");
  if (/[\p{White_Space}\p{Cc}+]/u.test(name) || !name.isWellFormed()) {
    throw new Malformed(where, "has a space, a plus or a control character");
  }
}
