import { Malformed } from "../base/malformed.ts";

/** Where the sealed store keeps one ciphertext of a record (docs/spec/ledger.md, The sealed store): one folder a stream, for folders cost more than files. */
export const partKey = (
  insurer: string,
  stream: string,
  version: bigint,
  part: { readonly person: string; readonly class: string },
): string => `${partFolder(insurer, stream, version)}${part.person}.${part.class}`;

/** What the keys of one record's ciphertexts begin with. */
export const partFolder = (insurer: string, stream: string, version: bigint): string =>
  `${insurer}/${stream}/${version}.`;

/** Whose ciphertext, and of which class, lies under a key that {@link partKey} wrote; Malformed under any other. */
export function parsePartKey(key: string): { readonly person: string; readonly class: string } {
  const [, person = "", kind = ""] =
    /^[^/]+\/[^/]+\/[1-9][0-9]*\.([^./]+)\.([^./]+)$/.exec(key) ?? [];
  if (kind === "") throw new Malformed("sealed part", "has a key that names no part");
  return { person, class: kind };
}

/** The folder of all leaf hashes of an insurer; no stream's, for those are handles. */
export const leavesFolder = (insurer: string): string => `${insurer}/leaves/`;

/** Entries `start` (included) to `end` (excluded) of a log. */
export interface EntryRange {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * Where the sealed store keeps the leaf hashes of the sealed trees of these entries: those of its records in order, 32 bytes each and nothing between
 * them, for each record says how many are its own. Ranges may overlap.
 */
export const leavesKey = (insurer: string, { start, end }: EntryRange): string =>
  `${leavesFolder(insurer)}${start}-${end}`;

/** Reads exactly what {@link leavesKey} writes, of at least one entry; any other key is Malformed. */
export function parseLeavesKey(insurer: string, key: string): EntryRange {
  const match = /^(0|[1-9][0-9]{0,18})-([1-9][0-9]{0,18})$/.exec(
    key.slice(leavesFolder(insurer).length),
  );
  const range = { start: BigInt(match?.[1] ?? 0), end: BigInt(match?.[2] ?? 0) };
  if (range.start >= range.end || leavesKey(insurer, range) !== key) {
    throw new Malformed("leaves", "have a key that names no entries");
  }
  return range;
}
