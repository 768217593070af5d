import { fromHex, toHex } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json, parseCanonical } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseDecimal } from "../../shared/log/decimal.ts";
import { isHash } from "../../shared/log/hash.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";

/** What the gate signed last, or was about to sign, and the size of what it had signed before that (0 where nothing). */
export interface Latest extends LedgerDigest {
  readonly before: bigint;
}

/** The key of what the gate signed last. */
export const latestKey = (insurer: string): string => `${insurer}/latest`;

/** The key of the note of this size. */
export const noteKey = (insurer: string, size: bigint): string => `${insurer}/notes/${size}`;

/** RFC 8785 JSON: {"before": decimal, "root": hex, "size": decimal}. */
export const formatLatest = ({ before, size, root }: Latest): Uint8Array =>
  canonicalBytes({ before: before.toString(), root: toHex(root), size: size.toString() });

/** Reads exactly what {@link formatLatest} writes; anything else is Malformed. */
export function parseLatest(bytes: Uint8Array): Latest {
  const json = parseCanonical(bytes, "latest");
  if (json === null || typeof json !== "object") throw new Malformed("latest", "is no object");
  const { before, root, size, ...rest } = json as { readonly [member: string]: Json };
  if (typeof before !== "string" || typeof root !== "string" || typeof size !== "string") {
    throw new Malformed("latest", "has not before, root and size, all text");
  }
  if (Object.keys(rest).length > 0) throw new Malformed("latest", "has further members");
  const latest = {
    before: parseDecimal(before, "latest before"),
    size: parseDecimal(size, "latest size"),
    root: fromHex(root, "latest root"),
  };
  if (!isHash(latest.root)) throw new Malformed("latest root", "is not 32 bytes");
  if (latest.before >= latest.size && latest.size > 0n) {
    throw new Malformed("latest before", "is not below the size");
  }
  return latest;
}
