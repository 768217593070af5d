import { concat, equal, fromBase64, fromUtf8, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { leafHash } from "../log/hash.ts";
import { maxNoteBytes } from "../log/note.ts";
import type { Policy } from "../log/policy.ts";
import type { Requirement } from "../log/require.ts";
import { isRecordOf, strandOf } from "../qldb/digest-note.ts";
import { verifyRevisionProof } from "../qldb/proof.ts";
import { recordIn } from "../qldb/record-document.ts";
import { parseRevision, type Revision } from "../qldb/revision.ts";
import { isHashList } from "./hash-list.ts";
import {
  contentOf,
  extraOf,
  type ReceiptContent,
  shownBy,
  type VerifiedReceipt,
} from "./receipt.ts";
import { orMalformed, type ProofRefusal, refuse } from "./refusal.ts";
import { believeCheckpoint } from "./verify-checkpoint.ts";

/** What a receipt of the QLDB engine is made of, beside its record and openings. */
export interface QldbProof {
  /** The revision's Ion text, as GetRevision gives it. */
  readonly revision: Uint8Array;
  /** From the revision's hash to the digest. */
  readonly hashes: readonly Uint8Array[];
  /** The signed digest, verbatim. */
  readonly digestNote: Uint8Array;
}

const firstLine = "qldb-receipt/v1";
/** A revision holds the record once more, in quotes; all of it in base64. */
const maxReceiptBytes = 3 * 1024 * 1024 + maxNoteBytes;
/** Siblings in a block of 40 documents and 4 entries, the previous block's hash, and those of a tree of 2^53 blocks. */
const maxHashes = 64;

/** The receipt: first line, `extra`, `revision`, one hash a line, an empty line, the note (docs/spec/receipt.md, Of the QLDB engine). */
export const formatQldbReceipt = (content: ReceiptContent, proof: QldbProof): string => {
  requireProof(proof);
  const lines = [
    firstLine,
    `extra ${toBase64(extraOf(content))}`,
    `revision ${toBase64(proof.revision)}`,
    ...proof.hashes.map(toBase64),
  ];
  return fromUtf8(concat(utf8(`${lines.join("\n")}\n\n`), proof.digestNote));
};

/** Whether a file begins as these receipts do. */
export const isQldbReceipt = (bytes: Uint8Array): boolean =>
  equal(bytes.subarray(0, firstLine.length + 1), utf8(`${firstLine}\n`));

/** Reads exactly what {@link formatQldbReceipt} writes; anything else is Malformed. It checks form only. */
export function parseQldbReceipt(bytes: Uint8Array): {
  readonly content: ReceiptContent;
  readonly proof: QldbProof;
} {
  if (bytes.length > maxReceiptBytes) throw new Malformed("receipt", "is too long");
  const text = fromUtf8(bytes, "receipt");
  const split = text.indexOf("\n\n");
  if (split < 0) throw new Malformed("receipt", "has no empty line before its note");
  const [first, extra = "", revision = "", ...hashes] = text.slice(0, split).split("\n");
  if (first !== firstLine) throw new Malformed("receipt", `is not ${firstLine}`);
  const proof = {
    revision: fromBase64(after("revision ", revision), "receipt revision"),
    hashes: hashes.map((line) => fromBase64(line, "receipt hash")),
    digestNote: utf8(text.slice(split + 2)),
  };
  requireProof(proof);
  return { content: contentOf(fromBase64(after("extra ", extra), "receipt extra")), proof };
}

/**
 * Verifies a receipt of the QLDB engine offline: the note is a signed digest that the trust policy believes, the proof leads from the revision's hash to that
 * digest, the revision's document holds the record's bytes, its place and its leaf hash, and each opening proves to the record's `sealed` root. Nothing throws.
 */
export const verifyQldbReceipt = (
  bytes: Uint8Array,
  policy: Policy,
  requirements: readonly Requirement[] = [],
): VerifiedReceipt | ProofRefusal =>
  orMalformed(() => {
    const { content, proof } = parseQldbReceipt(bytes);
    const believed = believeCheckpoint(proof.digestNote, policy, requirements);
    if ("refused" in believed) return believed;
    const { checkpoint, witnesses } = believed;
    const strandId = strandOf(checkpoint.extensions);
    const revision = parseRevision(fromUtf8(proof.revision, "revision"));
    const { blockAddress } = revision;
    if (blockAddress.strandId !== strandId || BigInt(blockAddress.sequenceNo) >= checkpoint.size) {
      return refuse("not-included", "the revision's block is none of the signed digest's");
    }
    if (!verifyRevisionProof(revision, proof.hashes, checkpoint.root)) {
      return refuse("not-included", "the proof does not lead from this revision to the digest");
    }
    const index = heldIndex(revision, content.record);
    const shown = shownBy(content, { index, checkpoint }, isRecordOf);
    return { ...shown, witnesses };
  });

function heldIndex(revision: Revision, record: Uint8Array): bigint {
  const held = recordIn(revision);
  if (held === undefined) throw new Malformed("revision", "is redacted");
  const same = equal(utf8(held.record), record) && held.leafHash === toHex(leafHash(record));
  if (!same) throw new Malformed("revision", "holds another record");
  return BigInt(held.index);
}

function requireProof({ hashes, revision }: QldbProof): void {
  if (!isHashList(hashes) || hashes.length > maxHashes) {
    throw new Malformed("receipt hashes", `are not up to ${maxHashes} hashes of 32 bytes`);
  }
  if (revision.length === 0) throw new Malformed("receipt revision", "is empty");
}

function after(word: string, line: string): string {
  if (!line.startsWith(word)) throw new Malformed("receipt", `has no line ${word.trim()}`);
  return line.slice(word.length);
}
