import { equal, toBase64 } from "../base/bytes.ts";
import { type Block, verifyBlock } from "./block.ts";
import { requireHash } from "./dot.ts";
import { ionBlob, ionList, readIon } from "./ion.ts";
import { foldPath } from "./merkle.ts";
import { type Revision, verifyRevision } from "./revision.ts";

/** Reads the Ion list of blobs GetRevision and GetBlock answer with, leaf to root. Throws Malformed. */
export function parseProof(text: string): Uint8Array[] {
  return ionList(readIon(text, "proof"), "proof").map((item, i) => {
    const hash = ionBlob(item, `proof hash ${i}`);
    requireHash(hash, `proof hash ${i}`);
    return hash;
  });
}

/** Writes what {@link parseProof} reads. */
export const formatProof = (hashes: readonly Uint8Array[]): string =>
  `[${hashes.map((hash) => `{{${toBase64(hash)}}}`).join(",")}]`;

/**
 * Whether `proof` (siblings in the block, previous block hash, siblings in the digest tree) shows the revision in `digest`.
 * It shows membership, not position: neither the block's sequence number nor the number of blocks is bound by the hashes.
 */
export const verifyRevisionProof = (
  revision: Revision,
  proof: readonly Uint8Array[],
  digest: Uint8Array,
): boolean => verifyRevision(revision) && equal(foldPath(revision.hash, proof), digest);

/** Whether the block is whole and `proof` (siblings in the digest tree) shows it in `digest`; position as above. */
export const verifyBlockProof = (
  block: Block,
  proof: readonly Uint8Array[],
  digest: Uint8Array,
): boolean => verifyBlock(block).length === 0 && equal(foldPath(block.blockHash, proof), digest);
