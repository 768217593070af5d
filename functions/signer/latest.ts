import { fromHex, toHex } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json, parseCanonical } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseDecimal } from "../../shared/log/decimal.ts";
import { isHash } from "../../shared/log/hash.ts";
import type { LedgerState } from "../../shared/ports/ledger.ts";

/** What the gate signed last, or was about to sign, and the size of what it had signed before that (0 where nothing). */
export interface Latest extends LedgerState {
  readonly before: bigint;
}

/** The key of what the gate signed last. */
export const latestKey = (insurer: string): string => `${insurer}/latest`;

/** The key of the note of this size. */
export const noteKey = (insurer: string, size: bigint): string => `${insurer}/notes/${size}`;

/** Most hashes of a frontier: subtree roots of a tree of less than 2^63 leaves, and the last leaf. */
const maxFrontier = 64;

/** RFC 8785 JSON: {"before": decimal, "frontier": [hex, …], "root": hex, "size": decimal}. */
export const formatLatest = ({ before, size, root, frontier }: Latest): Uint8Array =>
  canonicalBytes({
    before: before.toString(),
    frontier: frontier.map(toHex),
    root: toHex(root),
    size: size.toString(),
  });

/** Reads exactly what {@link formatLatest} writes; anything else is Malformed. */
export function parseLatest(bytes: Uint8Array): Latest {
  const json = parseCanonical(bytes, "latest");
  if (json === null || typeof json !== "object") throw new Malformed("latest", "is no object");
  const { before, frontier, root, size, ...rest } = json as { readonly [member: string]: Json };
  if (typeof before !== "string" || typeof root !== "string" || typeof size !== "string") {
    throw new Malformed("latest", "has not before, root and size, all text");
  }
  if (!Array.isArray(frontier)) throw new Malformed("latest", "has no frontier");
  if (Object.keys(rest).length > 0) throw new Malformed("latest", "has further members");
  const latest = {
    before: parseDecimal(before, "latest before"),
    size: parseDecimal(size, "latest size"),
    root: hashOf(root, "latest root"),
    frontier: frontierOf(frontier),
  };
  if (latest.before >= latest.size && latest.size > 0n) {
    throw new Malformed("latest before", "is not below the size");
  }
  return latest;
}

function frontierOf(hashes: readonly Json[]): readonly Uint8Array[] {
  if (hashes.length > maxFrontier) throw new Malformed("latest frontier", "has too many hashes");
  return hashes.map((hash) => hashOf(hash, "latest frontier"));
}

function hashOf(hex: Json, where: string): Uint8Array {
  const hash = typeof hex === "string" ? fromHex(hex, where) : undefined;
  if (!hash || !isHash(hash)) throw new Malformed(where, "is not 32 bytes");
  return hash;
}
