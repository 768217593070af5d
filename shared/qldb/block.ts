import { equal } from "../base/bytes.ts";
import { unlessMalformed } from "../base/malformed.ts";
import { dot, requireHash } from "./dot.ts";
import { field, type IonValue, ionBlob, ionList, ionString, readIon, structFields } from "./ion.ts";
import { ionHash } from "./ion-hash.ts";
import { merkleRoot } from "./merkle.ts";
import {
  type BlockAddress,
  parseBlockAddress,
  parseRevision,
  type Revision,
  verifyRevision,
} from "./revision.ts";
import { parseTransactionInfo } from "./transaction-info.ts";

/** One journal block: what one transaction did. System blocks may lack transactionInfo and revisions. */
export interface Block {
  readonly blockAddress: BlockAddress;
  readonly transactionId: string;
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
  | "transaction-info-form"
  | "statement-digest"
  | "document-without-revision"
  | "entries-hash"
  | "block-hash"
  | "revision-address"
  | "transaction-id";

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
    transactionId: ionString(field(fields, "transactionId", "block"), "block.transactionId"),
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
 * (statements, times, which table each document is in), redactionInfo and the previous block. Not authenticated: blockAddress (the journal's
 * chain and digest give it its place), transactionId and blockTimestamp where no revision shows them, a revision's blockAddress, and the meaning of
 * other entries; what is there twice must agree. Entries are searched, never taken by position. A statement with parameters has a digest that nobody
 * can recompute, for the journal doesn't keep them. Each document that transactionInfo lists must be shown; without a transactionInfo nobody can tell.
 * A deletion that isn't `proven` is no fault, and its metadata is unproven. Throws nothing on a hostile block.
 */
export function verifyBlock(block: Block): BlockFault[] {
  const faults: BlockFault[] = [];
  const isEntry = (hash: Uint8Array) => block.entriesHashList.some((entry) => equal(entry, hash));
  const { revisions, transactionInfo, redactionInfo } = block;
  for (const revision of revisions) {
    if ("metadata" in revision) faults.push(...revisionFaults(block, revision));
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
  if (transactionInfo !== undefined) faults.push(...transactionFaults(revisions, transactionInfo));
  if (!equal(merkleRoot(block.entriesHashList), block.entriesHash)) faults.push("entries-hash");
  if (!equal(blockHash(block.entriesHash, block.previousBlockHash), block.blockHash)) {
    faults.push("block-hash");
  }
  return faults;
}

function revisionFaults(block: Block, revision: Revision): BlockFault[] {
  const faults: BlockFault[] = [];
  const { strandId, sequenceNo } = revision.blockAddress;
  const isDeletion = "deleted" in revision.content;
  if (!isDeletion && !verifyRevision(revision)) faults.push("revision-hash");
  const own = block.blockAddress;
  if (strandId !== own.strandId || sequenceNo !== own.sequenceNo) faults.push("revision-address");
  if (revision.transactionId !== block.transactionId) faults.push("transaction-id");
  return faults;
}

/** What doesn't agree in a transactionInfo: its form, its statements' digests, and a revision for each document it lists. */
function transactionFaults(
  revisions: Block["revisions"],
  transactionInfo: IonValue,
): readonly BlockFault[] {
  const info = unlessMalformed(() => parseTransactionInfo(transactionInfo));
  if (info === undefined) return ["transaction-info-form"];
  const faults: BlockFault[] = [];
  const agree = unlessMalformed(() => info.statements.every(statementAgrees)) ?? false;
  if (!agree) faults.push("statement-digest");
  const shown = new Set(revisions.flatMap((one) => ("metadata" in one ? one.documentId : [])));
  if ([...info.tables.keys()].some((id) => !shown.has(id))) {
    faults.push("document-without-revision");
  }
  return faults;
}

/** Whether a statement that certainly has no parameters has its own digest. Throws Malformed. */
function statementAgrees(value: IonValue): boolean {
  const fields = structFields(value, "block.transactionInfo.statements");
  const [text, digest] = [fields.get("statement"), fields.get("statementDigest")];
  if (text === undefined || digest === undefined) return true;
  const statement = ionString(text, "block.transactionInfo.statement");
  const hash = hashOf(digest, "block.transactionInfo.statementDigest");
  return statement.includes("?") || equal(ionHash(statement), hash);
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
