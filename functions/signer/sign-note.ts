import type { Instant } from "../../shared/base/instant.ts";
import { type Checkpoint, formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { type VerifierKey, verifierKey } from "../../shared/log/key.ts";
import { formatNote } from "../../shared/log/note.ts";
import { signCheckpoint } from "../../shared/log/sign-checkpoint.ts";
import type { CheckpointKey, PublicKey } from "../../shared/ports/keys.ts";

const verifierKeyOf = async (key: PublicKey, origin: string): Promise<VerifierKey> =>
  verifierKey(origin, key.type, await key.publicKey(), "log key");

/** The verifier keys of a log: the gate's keys under the log's origin, in the gate's order. Throws Unavailable. */
export const logKeysOf = (
  keys: readonly PublicKey[],
  origin: string,
): Promise<readonly VerifierKey[]> => Promise.all(keys.map((key) => verifierKeyOf(key, origin)));

/**
 * The note of `checkpoint` with one signature by each of `keys`, all under the origin as key name: Ed25519 over the text (C2SP signed-note,
 * 0x01), ML-DSA-44 as the log's own cosignature (tlog-cosignature, 0x06), whose time is `now`: when this was the largest tree the gate had seen.
 */
export async function signNote(
  keys: readonly CheckpointKey[],
  checkpoint: Checkpoint,
  now: Instant,
): Promise<Uint8Array> {
  const timeSeconds = now / 1_000_000n;
  const lines = keys.map(async (signer) => {
    const key = await verifierKeyOf(signer, checkpoint.origin);
    return signCheckpoint(checkpoint, { ...signer, key }, timeSeconds);
  });
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: await Promise.all(lines) });
}
