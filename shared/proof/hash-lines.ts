import { fromBase64, fromUtf8, toBase64, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { isHashList, maxProofHashes } from "./hash-list.ts";

/** A proof as a file: one base64 hash a line, as in a tlog-witness request; no line at all where nothing is to be proved. */
export const formatHashLines = (hashes: readonly Uint8Array[]): Uint8Array =>
  utf8(hashes.map((hash) => `${toBase64(hash)}\n`).join(""));

/** Reads exactly what {@link formatHashLines} writes, at most 64 hashes of 32 bytes. */
export function parseHashLines(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > 45 * maxProofHashes) throw new Malformed("proof", "is too long");
  const lines = fromUtf8(bytes, "proof").split("\n");
  if (lines.pop() !== "") throw new Malformed("proof", "does not end with a newline");
  const hashes = lines.map((line) => fromBase64(line, "proof"));
  if (!isHashList(hashes)) throw new Malformed("proof", "is not hashes of 32 bytes, one a line");
  return hashes;
}
