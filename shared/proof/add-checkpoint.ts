import { equal } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { emptyRoot } from "../log/hash.ts";
import type { VerifierKey } from "../log/key.ts";
import { formatNote, parseNote } from "../log/note.ts";
import { openCheckpoint } from "../log/open-checkpoint.ts";
import type { TreeHead } from "../log/tile-reader.ts";
import { type AddCheckpoint, parseAddCheckpoint } from "../log/witness.ts";
import { verifyConsistency } from "./consistency.ts";

/** Why a witness does not cosign, each with the HTTP status tlog-witness gives it. */
export const witnessStatus = {
  malformed: 400,
  "old-size-too-large": 400,
  unsigned: 403,
  "unknown-log": 404,
  "other-size": 409,
  "not-consistent": 422,
} as const;
export type WitnessRefusalCode = keyof typeof witnessStatus;

/** A refusal value; `detail` is plain English. For `other-size`, `size` is what the witness cosigned last. */
export interface WitnessRefusal {
  readonly refused: WitnessRefusalCode;
  readonly detail: string;
  readonly size?: bigint;
}

/** A request that is well-formed and about a checkpoint its log signed. */
export interface SignedRequest {
  readonly request: AddCheckpoint;
  readonly checkpoint: Checkpoint;
  /** The note with the first line by each key this witness knows, and no other. */
  readonly note: Uint8Array;
}

/**
 * Opens a request by the keys this witness trusts for the checkpoint's origin (none: the log is unknown). At least one must have signed, and no
 * line by one of them may fail (tlog-witness, add-checkpoint). Nothing throws.
 */
export function openRequest(
  bytes: Uint8Array,
  keysOf: (origin: string) => readonly VerifierKey[],
): SignedRequest | WitnessRefusal {
  try {
    const { checkpoint, ...request } = parseAddCheckpoint(bytes);
    const keys = keysOf(checkpoint.origin);
    if (keys.length === 0) return refuse("unknown-log", "this witness does not know the log");
    const opened = openCheckpoint(request.note, keys);
    if ("refused" in opened) return refuse("unsigned", "the log's signature is missing or fails");
    return { request, checkpoint, note: onlyBy(keys, request.note) };
  } catch (error) {
    if (error instanceof Malformed) return refuse("malformed", error.message);
    throw error;
  }
}

/**
 * Whether the checkpoint may be cosigned after `held`, the last tree this witness cosigned of the log (undefined: none); undefined when it may.
 * The checks and their order are those of tlog-witness, add-checkpoint.
 */
export function refusalAfter(
  held: TreeHead | undefined,
  { request, checkpoint }: SignedRequest,
): WitnessRefusal | undefined {
  const { oldSize, proof } = request;
  const { size, root } = checkpoint;
  if (oldSize > size) return refuse("old-size-too-large", "the old size is above the checkpoint's");
  const latest = held ?? { size: 0n, root: emptyRoot };
  if (oldSize !== latest.size) {
    const detail = `the last tree cosigned has size ${latest.size}`;
    return { ...refuse("other-size", detail), size: latest.size };
  }
  const consistent =
    oldSize === 0n
      ? proof.length === 0 && (size > 0n || equal(root, emptyRoot))
      : verifyConsistency({ size1: oldSize, size2: size, proof, root1: latest.root, root2: root });
  return consistent
    ? undefined
    : refuse("not-consistent", "the checkpoint is not shown to extend the last tree cosigned");
}

function onlyBy(keys: readonly VerifierKey[], note: Uint8Array): Uint8Array {
  const { text, signatures } = parseNote(note);
  const first = (key: VerifierKey) =>
    signatures.findIndex(({ name, keyId }) => key.name === name && key.id === keyId);
  const kept = new Set(keys.map(first));
  return formatNote({ text, signatures: signatures.filter((_, i) => kept.has(i)) });
}

const refuse = (refused: WitnessRefusalCode, detail: string): WitnessRefusal => ({
  refused,
  detail,
});
