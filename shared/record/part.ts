import { toHex, utf8 } from "../base/bytes.ts";
import { canonicalBytes, canonicalText, parseCanonical } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import type { PartClass } from "../base/part-class.ts";
import { type Opening, readOpening } from "./sealed.ts";

/** Whose key opens a part, and of which class. */
export interface PartName {
  readonly person: string;
  readonly class: PartClass;
}

/** The plain text of one sealed part: its openings as canonical JSON, sorted by path. */
export const formatPart = (openings: readonly Opening[]): Uint8Array =>
  canonicalBytes(openings.map(({ salt, path, value }) => [salt, path, value]));

/** Reads exactly what {@link formatPart} writes. */
export function parsePart(bytes: Uint8Array): Opening[] {
  const json = parseCanonical(bytes, "part");
  if (!Array.isArray(json)) throw new Malformed("part", "is not a list");
  return json.map(readOpening);
}

/** What AES-256-GCM authenticates beside the part: where it belongs. */
export const partContext = (
  origin: string,
  stream: string,
  version: bigint,
  root: Uint8Array,
  part: PartName,
): Uint8Array =>
  utf8(canonicalText([origin, stream, version.toString(), toHex(root), part.person, part.class]));
