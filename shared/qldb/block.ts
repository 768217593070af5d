import { equal } from "../base/bytes.ts";
import { dot, requireHash } from "./dot.ts";
import { field, type IonValue, ionBlob, ionList, readIon, structFields } from "./ion.ts";
import { ionHash } from "./ion-hash.ts";
import { merkleRoot } from "./merkle.ts";
import {
  type BlockAddress,
  parseBlockAddress,
  parseRevision,
  type Revision,
  revisionHash,
} from "./revision.ts";

/** One journal block: what one transaction did. System blocks may lack transactionInfo and revisions. */
export interface Block {
  readonly blockAddress: BlockAddress;
  readonly blockHash: Uint8Array;
  readonly entriesHash: Uint8Array;
  /** Empty only in a journal's first block. */
  readonly previousBlockHash: Uint8Array;
  readonly entriesHashList: readonly Uint8Array[];
  readonly transactionInfo: IonValue | undefined;
  readonly redactionInfo: IonValue | undefined;
  /** A system revision shows nothing but its hash. */
  readonly revisions: readonly (Revision | { readonly hash: Uint8Array })[];
}

/** What can be wrong with a block by itself. */
export type BlockFault =
  | "revision-hash"
  | "revisions-not-in-entries"
  | "transaction-info-not-in-entries"
  | "redaction-info-not-in-entries"
  | "entries-hash"
  | "block-hash";

/** Reads a block from Ion text or binary, or from a value already read. Throws Malformed. */
export function parseBlock(source: string | Uint8Array | IonValue): Block {
  const value =
    typeof source === "string" || source instanceof Uint8Array ? readIon(source, "block") : source;
  const fields = structFields(value, "block");
  const previous = ionBlob(field(fields, "previousBlockHash", "block"), "block.previousBlockHash");
  if (previous.length > 0) requireHash(previous, "block.previousBlockHash");
  const revisions = fields.get("revisions");
  return {
    blockAddress: parseBlockAddress(field(fields, "blockAddress", "block")),
    blockHash: hashOf(field(fields, "blockHash", "block"), "block.blockHash"),
    entriesHash: hashOf(field(fields, "entriesHash", "block"), "block.entriesHash"),
    previousBlockHash: previous,
    entriesHashList: ionList(field(fields, "entriesHashList", "block"), "block.entriesHashList")
      .filter((entry) => entry.uInt8ArrayValue()?.length !== 0)
      .map((entry) => hashOf(entry, "block.entriesHashList")),
    transactionInfo: fields.get("transactionInfo"),
    redactionInfo: fields.get("redactionInfo"),
    revisions:
      revisions === undefined ? [] : ionList(revisions, "block.revisions").map(parseBlockRevision),
  };
}

/** The hash of a block with these entries after that block. */
export const blockHash = (entriesHash: Uint8Array, previousBlockHash: Uint8Array): Uint8Array =>
  dot(entriesHash, previousBlockHash);

/**
 * What doesn't add up inside `block`; [] when all of it does. Authenticated by blockHash: the revisions' hashes, transactionInfo
 * (statements, times, which table each document is in), redactionInfo and the previous block. Not authenticated: blockAddress,
 * transactionId, blockTimestamp, and the meaning of other entries. Entries are searched, never taken by position.
 */
export function verifyBlock(block: Block): BlockFault[] {
  const faults: BlockFault[] = [];
  const isEntry = (hash: Uint8Array) => block.entriesHashList.some((entry) => equal(entry, hash));
  const { revisions, transactionInfo, redactionInfo } = block;
  for (const revision of revisions) {
    if ("metadata" in revision && !equal(revisionHash(revision), revision.hash)) {
      faults.push("revision-hash");
    }
  }
  if (revisions.length > 0 && !isEntry(merkleRoot(revisions.map(({ hash }) => hash)))) {
    faults.push("revisions-not-in-entries");
  }
  if (transactionInfo !== undefined && !isEntry(ionHash(transactionInfo))) {
    faults.push("transaction-info-not-in-entries");
  }
  if (redactionInfo !== undefined && !isEntry(ionHash(redactionInfo))) {
    faults.push("redaction-info-not-in-entries");
  }
  if (!equal(merkleRoot(block.entriesHashList), block.entriesHash)) faults.push("entries-hash");
  if (!equal(blockHash(block.entriesHash, block.previousBlockHash), block.blockHash)) {
    faults.push("block-hash");
  }
  return faults;
}

function hashOf(value: IonValue, where: string): Uint8Array {
  const hash = ionBlob(value, where);
  requireHash(hash, where);
  return hash;
}

function parseBlockRevision(value: IonValue): Block["revisions"][number] {
  const fields = structFields(value, "block.revisions");
  if (fields.size > 1) return parseRevision(value);
  return { hash: hashOf(field(fields, "hash", "block.revisions"), "block.revisions.hash") };
}
