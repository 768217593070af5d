import { fromBase64, toBase64 } from "../base/bytes.ts";
import { canonicalBytes, type Json } from "../base/canonical.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { leafHash } from "../log/hash.ts";
import { treeOf } from "../log/tree.ts";

/** One sealed field laid open: the 32-byte salt as base64, the field's path, its value. */
export interface Opening {
  readonly salt: string;
  readonly path: string;
  readonly value: Json;
}

/** Sealed content: the commitment, every leaf hash (padding included, in order) and the openings. */
export interface SealedContent {
  readonly root: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  readonly openings: readonly Opening[];
}

/** The leaf hash of one field: RFC 6962 over RFC 8785 of [salt, path, value]. */
export const openingHash = ({ salt, path, value }: Opening): Uint8Array =>
  leafHash(canonicalBytes([salt, path, value]));

/**
 * Seals `fields`: sorted by path, one salted leaf each, random leaves up to `size` (a power of two). `random(n)` gives n fresh random bytes;
 * more fields than leaves, or a path twice, is a bug.
 */
export function seal(
  fields: Readonly<Record<string, Json>>,
  size: number,
  random: (bytes: number) => Uint8Array,
): SealedContent {
  const paths = Object.keys(fields).sort();
  assert(paths.length <= size, "fields fit the type's sealed size");
  const bytes = random(32 * size);
  const salted = (index: number) => bytes.subarray(32 * index, 32 * index + 32);
  const openings = paths.map((path, index) => ({
    salt: toBase64(salted(index)),
    path,
    value: fields[path] as Json,
  }));
  const leaves = openings.map(openingHash);
  for (let index = leaves.length; index < size; index++) leaves.push(salted(index).slice());
  return { root: treeOf(leaves).root, leaves, openings };
}

/** Reads one opening from JSON; Malformed unless it is [salt, path, value] with a 32-byte salt. */
export function readOpening(json: Json): Opening {
  if (!Array.isArray(json) || json.length !== 3) throw new Malformed("opening", "is not a triple");
  const [salt, path, value] = json as readonly Json[];
  if (typeof salt !== "string" || fromBase64(salt, "salt").length !== 32) {
    throw new Malformed("salt", "is not 32 bytes of base64");
  }
  if (typeof path !== "string" || path.length > 100 || value === undefined) {
    throw new Malformed("path", "is not a path");
  }
  return { salt, path, value };
}
