import type { ObjectStore } from "../../shared/ports/objects.ts";
import { formatReceipt, type ReceiptContent } from "../../shared/proof/receipt.ts";
import { receiptFor } from "../publisher/receipt.ts";
import { signedSize } from "./signed-size.ts";

/** A record that has a place in its insurer's log. */
export interface PlacedEntry {
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly record: Uint8Array;
}

/** Where receipts come from, in the form of the ledger's engine. Throws Unavailable. */
export interface ReceiptSource {
  /** The receipt of `entry` with what `content` gives; "pending" until something signed covers the entry, and then `content` is not asked. */
  receipt(
    insurer: string,
    entry: PlacedEntry,
    content: () => Promise<ReceiptContent>,
  ): Promise<string | "pending">;
  /** How many entries of the insurer's log the newest published signature covers. */
  signedSize(insurer: string): Promise<bigint>;
}

/** Receipts made of the published files of a log alone. */
export const receiptsOfLogs = (published: ObjectStore): ReceiptSource => ({
  receipt: async (insurer, { index, record }, content) => {
    const proof = await receiptFor(published, insurer, index, record);
    return proof === "pending" ? proof : formatReceipt(await content(), proof);
  },
  signedSize: (insurer) => signedSize(published, insurer),
});
