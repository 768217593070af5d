import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import type { VerifierKey } from "./key.ts";
import type { NoteSignature } from "./note.ts";
import { type NoteRefusal, openNote, type VerifiedSignature } from "./open-note.ts";

/** A checkpoint at least one of the caller's keys signed. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly VerifiedSignature[];
  readonly others: readonly NoteSignature[];
}

/**
 * Opens a signed checkpoint with `keys`, whoever's they are: the caller still decides whether these signers are enough. Bytes that
 * are no note, or a text that is no checkpoint, are Malformed.
 */
export function openCheckpoint(
  noteBytes: Uint8Array,
  keys: readonly VerifierKey[],
): OpenedCheckpoint | NoteRefusal {
  const opened = openNote(noteBytes, keys);
  if ("refused" in opened) return opened;
  const { text, signatures, others } = opened;
  return { checkpoint: parseCheckpoint(text), signatures, others };
}
