import { fromHex, toHex } from "../../shared/base/bytes.ts";
import { canonicalBytes, parseCanonical } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseDecimal } from "../../shared/log/decimal.ts";
import { isHash } from "../../shared/log/hash.ts";
import type { LedgerDigest } from "../../shared/ports/ledger.ts";

/** The key of what the gate signed last. */
export const latestKey = (insurer: string): string => `${insurer}/latest`;

/** The key of the note of this size. */
export const noteKey = (insurer: string, size: bigint): string => `${insurer}/notes/${size}`;

/** RFC 8785 JSON: {"root": hex, "size": decimal}. */
export const formatLatest = ({ size, root }: LedgerDigest): Uint8Array =>
  canonicalBytes({ size: size.toString(), root: toHex(root) });

/** Reads exactly what {@link formatLatest} writes; anything else is Malformed. */
export function parseLatest(bytes: Uint8Array): LedgerDigest {
  const json = parseCanonical(bytes, "latest");
  if (json === null || typeof json !== "object" || !("size" in json) || !("root" in json)) {
    throw new Malformed("latest", "has not size and root");
  }
  const { size, root, ...rest } = json;
  if (typeof size !== "string" || typeof root !== "string" || Object.keys(rest).length > 0) {
    throw new Malformed("latest", "has not exactly size and root, both text");
  }
  const digest = { size: parseDecimal(size, "latest size"), root: fromHex(root, "latest root") };
  if (!isHash(digest.root)) throw new Malformed("latest root", "is not 32 bytes");
  return digest;
}
