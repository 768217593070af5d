import { unlessMalformed } from "../../shared/base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { type NoteSignature, parseNote } from "../../shared/log/note.ts";
import { openNote, type VerifiedSignature } from "../../shared/log/open-note.ts";
import { policyKeys } from "../../shared/log/policy.ts";
import { requirementAt } from "../../shared/log/require.ts";
import {
  parseReceipt,
  type ReceiptForm,
  readUnanchored,
  type ShownRecord,
  verifyReceipt,
} from "../../shared/proof/receipt.ts";
import type { ProofRefusal } from "../../shared/proof/refusal.ts";
import type { Unrewritten } from "../../shared/proof/verify-unrewritten.ts";
import { compare } from "./compare.ts";
import type { Held } from "./files.ts";
import type { Trust } from "./trust.ts";

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
  /** Whether there is another checkpoint to compare with, and what came of it once the receipt itself held. */
  readonly compares: boolean;
  readonly compared: Unrewritten | ProofRefusal | undefined;
  readonly refusal: ProofRefusal | undefined;
}

/** Verifies the receipt in `bytes` under `trust`, or without one by its own word, and lays out what it rests on; compares it with another's note if there is one. */
export function gather(
  bytes: Uint8Array,
  trust: Trust | undefined,
  others: Pick<Held, "note" | "consistency">,
): Evidence {
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
    compares: others.note !== undefined,
    compared:
      trust && !("refused" in answer) ? compare(answer.checkpoint, others, trust) : undefined,
    ...("refused" in answer
      ? { refusal: answer, shown: undefined }
      : { refusal: undefined, shown: answer }),
  };
}
