import { formatVerifierKey, type VerifierKey } from "../log/key.ts";
import { keyDigest } from "../policy/insurer.ts";

/** Which keys may sign a log's note of one size: those its records name, as far as the auditor trusts them. */
export interface KeysInForce {
  /** Digests of the verifier keys that the newest genesis or `keys.published` among the note's entries names. */
  readonly named: readonly string[];
  /** The log lines of the trust policy. */
  readonly trusted: readonly VerifierKey[];
}

/**
 * Why `signers`, keys that are trusted and signed a note, are not those in force at its size; undefined where each type of key in force that is
 * trusted is among them. While a pair of keys is replaced the old and the new are in force, and either of each type will do.
 */
export function wrongSigners(
  { named, trusted }: KeysInForce,
  signers: readonly VerifierKey[],
): string | undefined {
  const isInForce = (key: VerifierKey): boolean =>
    named.includes(keyDigest(formatVerifierKey(key)));
  const due = trusted.filter(isInForce);
  if (due.length === 0) return "no trusted key is in force there";
  const signed = new Set(signers.filter(isInForce).map(({ type }) => type));
  const missing = [...new Set(due.map(({ type }) => type))].filter((type) => !signed.has(type));
  return missing.length === 0 ? undefined : `none by a key of type ${missing.join(" or ")}`;
}
