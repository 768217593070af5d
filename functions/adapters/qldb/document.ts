import { concat, equal, fromUtf8, toHex, utf8 } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { sha256 } from "../../../shared/base/sha256.ts";
import type { LedgerDigest, LedgerProof, PendingRecord } from "../../../shared/ports/ledger.ts";
import { field, ionString, structFields } from "../../../shared/qldb/ion.ts";
import { verifyRevisionProof } from "../../../shared/qldb/proof.ts";
import { parseRevision } from "../../../shared/qldb/revision.ts";

/** The document a record is kept as: its canonical bytes are one string field. */
export interface RecordDocument {
  readonly eventId: string;
  /** RFC 6962 leaf hash, lower-case hexadecimal. */
  readonly leafHash: string;
  readonly record: string;
}

/** The document of a pending record; throws Malformed if the record is not UTF-8. */
export const documentOf = (pending: PendingRecord): RecordDocument => ({
  eventId: pending.eventId,
  leafHash: toHex(pending.leafHash),
  record: fromUtf8(pending.record, "record"),
});

/**
 * Whether `proof` shows `record` in `digest`: the revision's document holds exactly these bytes, the revision's hash covers the
 * document, the proof leads from it to the digest. The position is the block's own claim (within the digest's size); no hash binds it.
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
    const position = BigInt(revision.blockAddress.sequenceNo);
    if (position !== proof.position || position >= digest.size) return false;
    if (!("data" in revision.content)) return false;
    const data = structFields(revision.content.data, "data");
    const held = utf8(ionString(field(data, "record", "data"), "data.record"));
    const leafHash = toHex(sha256(concat(Uint8Array.of(0), record)));
    if (!equal(held, record)) return false;
    if (ionString(field(data, "leafHash", "data"), "data.leafHash") !== leafHash) return false;
    return verifyRevisionProof(revision, proof.hashes, digest.root);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
