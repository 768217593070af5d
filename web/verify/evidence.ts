import { Malformed } from "../../shared/base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { type NoteSignature, parseNote } from "../../shared/log/note.ts";
import { openNote, type VerifiedSignature } from "../../shared/log/open-note.ts";
import { type Policy, policyKeys } from "../../shared/log/policy.ts";
import { type Requirement, requirementAt } from "../../shared/log/require.ts";
import {
  parseReceipt,
  type ReceiptForm,
  readUnanchored,
  type ShownRecord,
  verifyReceipt,
} from "../../shared/proof/receipt.ts";
import type { ProofRefusal } from "../../shared/proof/refusal.ts";

/** Whom the reader believes. */
export interface Trust {
  readonly policy: Policy;
  readonly requirements: readonly Requirement[];
}

/** Everything a receipt lays open, as far as it can be read, and what verifyReceipt says of it. */
export interface Evidence {
  readonly bytes: Uint8Array;
  readonly trust: Trust | undefined;
  readonly form: ReceiptForm | undefined;
  readonly leafHash: Uint8Array | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** The checkpoint's signatures that verified under the trust policy's keys. */
  readonly signed: readonly VerifiedSignature[];
  /** Its other signatures; all of them without a trust policy, or where one by a known key fails. */
  readonly unknown: readonly NoteSignature[];
  readonly required: string | undefined;
  readonly shown: ShownRecord | undefined;
  readonly refusal: ProofRefusal | undefined;
}

/** Verifies the receipt in `bytes` under `trust`, or without one by its own word, and lays out what it rests on. */
export function gather(bytes: Uint8Array, trust: Trust | undefined): Evidence {
  const answer = trust
    ? verifyReceipt(bytes, trust.policy, trust.requirements)
    : readUnanchored(bytes);
  const form = unlessMalformed(() => parseReceipt(bytes));
  const note = form?.proof.checkpointNote;
  const checkpoint = note && unlessMalformed(() => parseCheckpoint(parseNote(note).text));
  const opened = note && openNote(note, trust ? policyKeys(trust.policy) : []);
  const found = opened !== undefined && !("refused" in opened) ? opened : undefined;
  const required = checkpoint && requirementAt(trust?.requirements ?? [], checkpoint.size);
  return {
    bytes,
    trust,
    form,
    leafHash: form && leafHash(form.content.record),
    checkpoint,
    signed: found?.signatures ?? [],
    unknown: found ? found.others : note ? parseNote(note).signatures : [],
    required: required?.signatures,
    ...("refused" in answer
      ? { refusal: answer, shown: undefined }
      : { refusal: undefined, shown: answer }),
  };
}

/** What `read` gives; undefined where it throws Malformed. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
