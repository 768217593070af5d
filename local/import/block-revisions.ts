import type { Revision } from "../../functions/operator/import-journal.ts";
import { equal, toBase64 } from "../../shared/base/bytes.ts";
import type { Block } from "../../shared/qldb/block.ts";
import { ionText } from "../../shared/qldb/ion.ts";
import { merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import type { Revision as JournalRevision } from "../../shared/qldb/revision.ts";
import { parseTransactionInfo } from "../../shared/qldb/transaction-info.ts";

/** A revision of a block, without the digest, and its proof up to the block's hash. */
export type BlockRevision = Omit<Revision, "digest">;

/** The revisions of a whole block of which there is more than a hash, in their order. Throws Malformed. */
export function revisionsOf(block: Block): BlockRevision[] {
  const hashes = block.revisions.map(({ hash }) => hash);
  const { transactionInfo: info } = block;
  const tables = info === undefined ? undefined : parseTransactionInfo(info).tables;
  const kept: BlockRevision[] = [];
  for (const [at, revision] of block.revisions.entries()) {
    if (!("metadata" in revision)) continue;
    kept.push({
      ...withoutProof(block, revision),
      table: tables?.get(revision.documentId) ?? null,
      proof: proofInBlock(block, hashes, at).map(toBase64),
    });
  }
  return kept;
}

function withoutProof(
  { blockAddress: { strandId, sequenceNo } }: Block,
  { documentId, version, metadata, content, hash }: JournalRevision,
): Omit<BlockRevision, "proof" | "table"> {
  return {
    strandId,
    documentId,
    revision: BigInt(version),
    block: BigInt(sequenceNo),
    metadata: ionText(metadata),
    ...("data" in content ? { data: ionText(content.data) } : {}),
    ...("dataHash" in content ? { dataHash: toBase64(content.dataHash) } : {}),
    hash: toBase64(hash),
  };
}

/** Siblings among the revisions, then among the block's entries, then the block before: what leads to blockHash. */
function proofInBlock(
  { entriesHashList, previousBlockHash }: Block,
  revisions: readonly Uint8Array[],
  at: number,
): Uint8Array[] {
  const root = merkleRoot(revisions);
  const entry = entriesHashList.findIndex((hash) => equal(hash, root));
  const before = previousBlockHash.length === 0 ? [] : [previousBlockHash];
  return [...merklePath(revisions, at), ...merklePath(entriesHashList, entry), ...before];
}
