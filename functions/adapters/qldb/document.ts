import { concat, equal, fromUtf8, toHex, utf8 } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { sha256 } from "../../../shared/base/sha256.ts";
import type { LedgerDigest, LedgerProof, PendingRecord } from "../../../shared/ports/ledger.ts";
import { verifyRevisionProof } from "../../../shared/qldb/proof.ts";
import { recordIn } from "../../../shared/qldb/record-document.ts";
import { parseRevision } from "../../../shared/qldb/revision.ts";

/** The document a record is kept as: its canonical bytes are one string field, and its place in its log stands beside them, so that a revision's hash covers both. */
export interface RecordDocument {
  readonly eventId: string;
  /** Its place in its log, from 0: what orders the documents of one block. */
  readonly index: number;
  /** RFC 6962 leaf hash, lower-case hexadecimal. */
  readonly leafHash: string;
  readonly record: string;
}

/** The document of a pending record at `index`; throws Malformed if the record is not UTF-8. */
export const documentOf = (pending: PendingRecord, index: bigint): RecordDocument => ({
  eventId: pending.eventId,
  index: Number(index),
  leafHash: toHex(pending.leafHash),
  record: fromUtf8(pending.record, "record"),
});

/**
 * Whether `proof` shows `record` in `digest`: the revision's document holds exactly these bytes and the position, the revision's hash covers the
 * document, the proof leads from it to the digest. That its block is one of the digest's is the block's own word; no hash binds it.
 * Nor is the table bound: which log a record belongs to, the record says itself.
 */
export function verifyRecord(
  record: Uint8Array,
  proof: LedgerProof,
  digest: LedgerDigest,
): boolean {
  if (proof.revision === undefined || digest.root.length !== 32) return false;
  try {
    const revision = parseRevision(fromUtf8(proof.revision, "revision"));
    if (BigInt(revision.blockAddress.sequenceNo) >= digest.size) return false;
    const held = recordIn(revision);
    if (held === undefined || BigInt(held.index) !== proof.position) return false;
    const leafHash = toHex(sha256(concat(Uint8Array.of(0), record)));
    if (!equal(utf8(held.record), record) || held.leafHash !== leafHash) return false;
    return verifyRevisionProof(revision, proof.hashes, digest.root);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
