import { utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { cosignatureMessage, cosignedMessage, splitTimestamped } from "./cosignature.ts";
import { verifyEd25519 } from "./ed25519.ts";
import type { VerifierKey } from "./key.ts";
import { maxNameBytes } from "./key-name.ts";
import { verifyMlDsa44 } from "./ml-dsa.ts";
import { type NoteSignature, parseNote } from "./note.ts";

/** A signature that verified, by one of the caller's keys. A plain Ed25519 signature carries no time, nor does one whose time is 0. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Seconds since 1970 that the signer stated, in types that state one. */
  readonly timeSeconds?: bigint;
}

/** A note at least one of the caller's keys signed. `others` are by unknown keys: they say nothing. */
export interface OpenedNote {
  readonly text: string;
  readonly signatures: readonly VerifiedSignature[];
  readonly others: readonly NoteSignature[];
}

/** Why a well-formed note is not believed: no signature by a known key, or one by a known key (`name`) that fails. */
export type NoteRefusal =
  | { readonly refused: "unknown-signer" }
  | { readonly refused: "bad-signature"; readonly name: string };

/**
 * The note's text once every signature by one of `keys` verified (signed-note, Signatures); one that fails refuses the whole
 * note, unknown ones are set apart, of several by one key the first is told. Bytes that are no note are Malformed.
 */
export function openNote(
  noteBytes: Uint8Array,
  keys: readonly VerifierKey[],
): OpenedNote | NoteRefusal {
  const { text, signatures } = parseNote(noteBytes);
  const verified: VerifiedSignature[] = [];
  const others: NoteSignature[] = [];
  for (const signature of signatures) {
    const known = keys.filter((key) => key.name === signature.name && key.id === signature.keyId);
    if (known.length === 0) {
      others.push(signature);
      continue;
    }
    const opened = firstThatVerifies(known, text, signature.signature);
    if (opened === undefined) return { refused: "bad-signature", name: signature.name };
    if (!verified.some(({ key }) => key === opened.key)) verified.push(opened);
  }
  return verified.length === 0
    ? { refused: "unknown-signer" }
    : { text, signatures: verified, others };
}

function firstThatVerifies(
  keys: readonly VerifierKey[],
  text: string,
  payload: Uint8Array,
): VerifiedSignature | undefined {
  for (const key of keys) {
    const verified = verifySignature(key, text, payload);
    if (verified !== undefined) return verified;
  }
  return undefined;
}

/** The signature if its `payload` (what follows the key id) verifies under `key` over `text`, else undefined. */
function verifySignature(
  key: VerifierKey,
  text: string,
  payload: Uint8Array,
): VerifiedSignature | undefined {
  if (key.type === "ed25519") {
    return verifyEd25519(key.publicKey, utf8(text), payload) ? { key } : undefined;
  }
  const stamped = splitTimestamped(payload);
  if (stamped === undefined) return undefined;
  const { timeSeconds, signature } = stamped;
  // Time 0 makes no statement that this was the largest tree (tlog-cosignature, ML-DSA-44 signed message), so it dates nothing.
  const signed = timeSeconds === 0n ? { key } : { key, timeSeconds };
  if (key.type === "cosignature") {
    const message = cosignatureMessage(timeSeconds, text);
    return verifyEd25519(key.publicKey, message, signature) ? signed : undefined;
  }
  const checkpoint = checkpointOf(text);
  if (checkpoint === undefined || utf8(key.name).length > maxNameBytes) return undefined;
  const message = cosignedMessage(key.name, timeSeconds, checkpoint);
  return verifyMlDsa44(key.publicKey, message, signature) ? signed : undefined;
}

/** The checkpoint `text` is; undefined for any other text, over which an ML-DSA-44 signature has no meaning. */
function checkpointOf(text: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
