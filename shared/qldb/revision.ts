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

/** One version of a document. A redacted one has lost its data and kept the data's hash. */
export interface Revision {
  readonly blockAddress: BlockAddress;
  readonly hash: Uint8Array;
  readonly documentId: string;
  readonly transactionId: string;
  readonly metadata: IonValue;
  readonly content: { readonly data: IonValue } | { readonly dataHash: Uint8Array };
}

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
    transactionId: ionString(field(named, "txId", "revision.metadata"), "revision.metadata.txId"),
    metadata,
    content: parseContent(fields),
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
export const revisionHash = (revision: Pick<Revision, "metadata" | "content">): Uint8Array =>
  dot(
    ionHash(revision.metadata),
    "data" in revision.content ? ionHash(revision.content.data) : revision.content.dataHash,
  );

/**
 * Whether the revision's own hash covers what it shows. Authenticated: data (or the hash left of it) and metadata (id, version,
 * txTime, txId). Not authenticated: `blockAddress`, and the table the document is in, which only the block's transactionInfo names.
 */
export const verifyRevision = (revision: Revision): boolean =>
  equal(revisionHash(revision), revision.hash);

function parseContent(fields: Map<string, IonValue>): Revision["content"] {
  const data = fields.get("data");
  const dataHash = fields.get("dataHash");
  if (data !== undefined && dataHash === undefined) return { data };
  if (dataHash === undefined || data !== undefined) {
    throw new Malformed("revision", "needs either data or dataHash");
  }
  const hash = ionBlob(dataHash, "revision.dataHash");
  requireHash(hash, "revision.dataHash");
  return { dataHash: hash };
}
