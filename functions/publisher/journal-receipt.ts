import { publishedKey } from "../../shared/api/log-path.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { PendingRecords } from "../../shared/ports/pending.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { formatQldbReceipt } from "../../shared/proof/qldb-receipt.ts";
import type { ReceiptSource } from "../command/receipt-source.ts";

/** What receipts of a QLDB ledger are made of. */
export interface JournalReceipts {
  readonly ledger: string;
  readonly engine: Pick<LedgerEngine, "prove" | "verify">;
  readonly outbox: Pick<PendingRecords, "placedWithin">;
  readonly published: Pick<ObjectStore, "get">;
}

/**
 * Receipts of a QLDB ledger: the revision, fetched against the signed tip, its proof and the signed digest. A proof is checked before it is given out: one
 * that does not show the record is Unavailable.
 */
export function receiptsOfJournal(from: JournalReceipts): ReceiptSource {
  const { ledger, engine, outbox, published } = from;
  const newest = async () => {
    const note = (await published.get(publishedKey(ledger, "checkpoint")))?.bytes;
    return note && { note, digest: parseCheckpoint(parseNote(note, "digest").text) };
  };
  return {
    receipt: async (insurer, { leafHash }, content) => {
      const signed = await newest();
      if (!signed) return "pending";
      const proof = await engine.prove(insurer, leafHash, signed.digest);
      if (!proof?.revision) return "pending";
      const shown = await content();
      if (!engine.verify(shown.record, proof, signed.digest)) {
        throw new Unavailable("qldb", "its proof does not show this record");
      }
      const { revision, hashes } = proof;
      return formatQldbReceipt(shown, { revision, hashes, digestNote: signed.note });
    },
    signedSize: async (insurer) => {
      const signed = await newest();
      return signed ? outbox.placedWithin(insurer, signed.digest.size) : 0n;
    },
  };
}
