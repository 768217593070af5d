import { equal } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { dot, requireHash } from "./dot.ts";
import {
  field,
  type IonValue,
  ionBlob,
  ionCount,
  ionString,
  readIon,
  structFields,
} from "./ion.ts";
import { ionHash } from "./ion-hash.ts";

/** Where a block stands: one strand per ledger, sequence numbers from 0. */
export interface BlockAddress {
  readonly strandId: string;
  readonly sequenceNo: number;
}

/**
 * One version of a document. A redacted one has lost its data and kept the data's hash; one that ends its document never had any, and nobody
 * published what its hash is made of: `proven` where it is that of its metadata.
 */
export interface Revision {
  readonly blockAddress: BlockAddress;
  readonly hash: Uint8Array;
  readonly documentId: string;
  /** From 0. */
  readonly version: number;
  readonly transactionId: string;
  readonly metadata: IonValue;
  readonly content: RevisionContent;
}

export type RevisionContent =
  | { readonly data: IonValue }
  | { readonly dataHash: Uint8Array }
  | { readonly deleted: { readonly proven: boolean } };

/** Reads a revision from Ion text or binary, or from a value already read. Throws Malformed. */
export function parseRevision(source: string | Uint8Array | IonValue): Revision {
  const value =
    typeof source === "string" || source instanceof Uint8Array
      ? readIon(source, "revision")
      : source;
  const fields = structFields(value, "revision");
  const hash = ionBlob(field(fields, "hash", "revision"), "revision.hash");
  requireHash(hash, "revision.hash");
  const metadata = field(fields, "metadata", "revision");
  const named = structFields(metadata, "revision.metadata");
  return {
    blockAddress: parseBlockAddress(field(fields, "blockAddress", "revision")),
    hash,
    documentId: ionString(field(named, "id", "revision.metadata"), "revision.metadata.id"),
    version: ionCount(field(named, "version", "revision.metadata"), "revision.metadata.version"),
    transactionId: ionString(field(named, "txId", "revision.metadata"), "revision.metadata.txId"),
    metadata,
    content: parseContent(fields, metadata, hash),
  };
}

/** Reads `{strandId:"…",sequenceNo:n}`. Throws Malformed. */
export function parseBlockAddress(source: string | IonValue): BlockAddress {
  const value = typeof source === "string" ? readIon(source, "blockAddress") : source;
  const fields = structFields(value, "blockAddress");
  return {
    strandId: ionString(field(fields, "strandId", "blockAddress"), "blockAddress.strandId"),
    sequenceNo: ionCount(field(fields, "sequenceNo", "blockAddress"), "blockAddress.sequenceNo"),
  };
}

/** The Ion text the service's addresses are written in. */
export const formatBlockAddress = (address: BlockAddress): string =>
  `{strandId:${JSON.stringify(address.strandId)},sequenceNo:${address.sequenceNo}}`;

/** The hash a revision with this metadata and content must carry. */
export const revisionHash = ({
  metadata,
  content,
}: Pick<Revision, "metadata" | "content">): Uint8Array =>
  dot(ionHash(metadata), contentHash(content));

function contentHash(content: RevisionContent): Uint8Array {
  if ("data" in content) return ionHash(content.data);
  return "dataHash" in content ? content.dataHash : new Uint8Array(0);
}

/**
 * Whether the revision's own hash covers what it shows. Authenticated: data (or the hash left of it) and metadata (id, version,
 * txTime, txId). Not authenticated: `blockAddress`, and the table the document is in, which only the block's transactionInfo names.
 */
export const verifyRevision = (revision: Revision): boolean =>
  "deleted" in revision.content
    ? revision.content.deleted.proven
    : equal(revisionHash(revision), revision.hash);

function parseContent(
  fields: Map<string, IonValue>,
  metadata: IonValue,
  own: Uint8Array,
): RevisionContent {
  const data = fields.get("data");
  const dataHash = fields.get("dataHash");
  if (data !== undefined && dataHash === undefined) return { data };
  if (data !== undefined) throw new Malformed("revision", "has both data and dataHash");
  if (dataHash === undefined) return { deleted: { proven: isOfMetadata(own, ionHash(metadata)) } };
  const hash = ionBlob(dataHash, "revision.dataHash");
  requireHash(hash, "revision.dataHash");
  return { dataHash: hash };
}

/** Whether a deletion's hash is made of its metadata alone, or of that and the null its data are. */
const isOfMetadata = (hash: Uint8Array, metadata: Uint8Array): boolean =>
  equal(hash, metadata) || equal(hash, dot(metadata, ionHash(readIon("null", "data"))));
