import { utf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Checkpoint, formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { cosignedMessage, formatTimestamped } from "../../shared/log/cosignature.ts";
import { type VerifierKey, verifierKey } from "../../shared/log/key.ts";
import { formatNote, type NoteSignature } from "../../shared/log/note.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";

/** The verifier keys of a log: the gate's keys under the log's origin, in the gate's order. Throws Unavailable. */
export const logKeysOf = (
  keys: readonly CheckpointKey[],
  origin: string,
): Promise<readonly VerifierKey[]> =>
  Promise.all(
    keys.map(async (key) => verifierKey(origin, key.type, await key.publicKey(), "log key")),
  );

/**
 * The note of `checkpoint` with one signature by each of `keys`, all under the origin as key name: Ed25519 over the text (C2SP signed-note,
 * 0x01), ML-DSA-44 as the log's own cosignature (tlog-cosignature, 0x06), whose time is `now`: this is then the largest tree the gate has seen.
 */
export async function signNote(
  keys: readonly CheckpointKey[],
  checkpoint: Checkpoint,
  now: Instant,
): Promise<Uint8Array> {
  const text = formatCheckpoint(checkpoint);
  const named = await logKeysOf(keys, checkpoint.origin);
  const sign = async (key: CheckpointKey, { name, id }: VerifierKey): Promise<NoteSignature> => ({
    name,
    keyId: id,
    signature:
      key.type === "ed25519"
        ? await key.sign(utf8(text))
        : await cosigned(key, checkpoint, now / 1_000_000n),
  });
  const signatures = await Promise.all(
    keys.map((key, index) => sign(key, named[index] as VerifierKey)),
  );
  return formatNote({ text, signatures });
}

async function cosigned(
  key: CheckpointKey,
  checkpoint: Checkpoint,
  timeSeconds: bigint,
): Promise<Uint8Array> {
  const message = cosignedMessage(checkpoint.origin, timeSeconds, checkpoint);
  return formatTimestamped({ timeSeconds, signature: await key.sign(message) });
}
