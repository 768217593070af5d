import { fromHex, toHex } from "../base/bytes.ts";
import { canonicalText, type Json, parseCanonical } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import { treeOf } from "../log/tree.ts";
import { type Opening, openingHash, readOpening } from "../record/sealed.ts";

/**
 * One record's openings as a bundle carries them: every leaf of the sealed tree in order, `null` where an opening stands for it, and those
 * openings in the same order.
 */
export interface OpeningLine {
  readonly index: bigint;
  readonly leaves: readonly (Uint8Array | null)[];
  readonly openings: readonly Opening[];
}

/** One line of an openings file: canonical JSON, no newline. */
export const formatOpeningLine = ({ index, leaves, openings }: OpeningLine): string =>
  canonicalText({
    index: index.toString(),
    leaves: leaves.map((leaf) => (leaf === null ? null : toHex(leaf))),
    openings: openings.map(({ salt, path, value }) => [salt, path, value]),
  });

/** Reads exactly what {@link formatOpeningLine} writes. */
export function parseOpeningLine(line: Uint8Array): OpeningLine {
  const json = parseCanonical(line, "openings");
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw new Malformed("openings", "are not an object");
  }
  const { index, leaves, openings, ...rest } = json as Record<string, Json>;
  if (Object.keys(rest).length > 0) throw new Malformed("openings", "have a member too many");
  if (typeof index !== "string" || !/^(0|[1-9][0-9]{0,18})$/.test(index)) {
    throw new Malformed("openings", "has no index");
  }
  if (!Array.isArray(leaves) || !Array.isArray(openings) || leaves.length > 64) {
    throw new Malformed("openings", "has not leaves and openings");
  }
  const hashes = leaves.map(readLeaf);
  if (hashes.some((leaf) => leaf !== null && leaf.length !== 32)) {
    throw new Malformed("leaves", "are not 32 bytes each");
  }
  if (hashes.filter((leaf) => leaf === null).length !== openings.length) {
    throw new Malformed("openings", "are not one for each open leaf");
  }
  return { index: BigInt(index), leaves: hashes, openings: openings.map(readOpening) };
}

function readLeaf(leaf: Json): Uint8Array | null {
  if (leaf === null) return null;
  if (typeof leaf !== "string") throw new Malformed("leaves", "are not hexadecimal");
  return fromHex(leaf, "leaves");
}

/** The sealed root that a line leads to. */
export function sealedRootOf({ leaves, openings }: OpeningLine): Uint8Array {
  let next = 0;
  const whole = leaves.map((leaf) => {
    if (leaf) return leaf;
    const opening = openings[next++];
    if (!opening) throw new Malformed("openings", "are too few");
    return openingHash(opening);
  });
  return treeOf(whole).root;
}

/** The line for a record whose leaf hashes are `leaves` and whose reader may open `openings`. */
export function openingLine(
  index: bigint,
  leaves: readonly Uint8Array[],
  openings: readonly Opening[],
): OpeningLine {
  const byHash = new Map(openings.map((opening) => [toHex(openingHash(opening)), opening]));
  const shown: Opening[] = [];
  const rest = leaves.map((leaf) => {
    const opening = byHash.get(toHex(leaf));
    if (!opening) return leaf;
    shown.push(opening);
    return null;
  });
  if (shown.length !== openings.length) throw new Malformed("openings", "are not of this record");
  return { index, leaves: rest, openings: shown };
}
