import { equal, toBase64 } from "../../shared/base/bytes.ts";
import { blockHash, parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { type IonValue, ionText, readIon } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import { merkleRoot } from "../../shared/qldb/merkle.ts";
import { formatBlockAddress, revisionHash } from "../../shared/qldb/revision.ts";
import { type Statement, statementDigest } from "../../shared/qldb/transaction.ts";

/** The revision a transaction leaves of a document. */
export interface Change {
  readonly documentId: string;
  readonly table: string;
  readonly tableId: string;
  /** From 0. */
  readonly version: number;
  /** Absent: the document is deleted. */
  readonly data: IonValue | undefined;
  /** Which of the transaction's statements made it. */
  readonly statements: readonly number[];
}

/** All that goes into a block. Times are milliseconds since 1970. */
export interface BlockContent {
  readonly strandId: string;
  readonly sequenceNo: number;
  readonly previousBlockHash: Uint8Array;
  readonly transactionId: string;
  readonly commitDigest: Uint8Array;
  readonly atMs: number;
  readonly statements: readonly (Statement & { readonly startMs: number })[];
  readonly changes: readonly Change[];
}

/**
 * Ion text of a block, on one line, in the service's form. Its entries are, as the service's look: one that nobody outside can
 * recompute (here the address), the revisions' hash, another such (here the commit digest), and transactionInfo's hash.
 */
export function writeBlock(content: BlockContent): string {
  const { strandId, sequenceNo, previousBlockHash, transactionId } = content;
  const address = formatBlockAddress({ strandId, sequenceNo });
  const info = transactionInfo(content);
  const revisions = content.changes.map((change) => revision(content, change, address));
  const entries = [
    ionHash(readIon(address, "address")),
    ...(revisions.length > 0 ? [merkleRoot(revisions.map(({ hash }) => hash))] : []),
    content.commitDigest,
    ionHash(readIon(info, "transactionInfo")),
  ];
  return blockText({ address, transactionId, atMs: content.atMs, previousBlockHash, entries }, [
    `transactionInfo:${info}`,
    ...(revisions.length > 0 ? [`revisions:[${revisions.map((r) => r.text).join(",")}]`] : []),
  ]);
}

/** A new ledger's first block: a system block without transactionInfo and with an empty previousBlockHash. */
export function writeFirstBlock(strandId: string, transactionId: string, atMs: number): string {
  const address = formatBlockAddress({ strandId, sequenceNo: 0 });
  const entries = [ionHash(readIon(address, "address"))];
  const previousBlockHash = new Uint8Array(0);
  return blockText({ address, transactionId, atMs, previousBlockHash, entries }, []);
}

/** Whether a block read back is whole and follows the one with this hash at this place. */
export function follows(text: string, sequenceNo: number, previous: Uint8Array): boolean {
  const block = parseBlock(text);
  return (
    block.blockAddress.sequenceNo === sequenceNo &&
    equal(block.previousBlockHash, previous) &&
    verifyBlock(block).length === 0
  );
}

interface Frame {
  readonly address: string;
  readonly transactionId: string;
  readonly atMs: number;
  readonly previousBlockHash: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

function blockText(frame: Frame, rest: readonly string[]): string {
  const entriesHash = merkleRoot(frame.entries);
  return `{${[
    `blockAddress:${frame.address}`,
    `transactionId:${ionText(frame.transactionId)}`,
    `blockTimestamp:${timestamp(frame.atMs)}`,
    `blockHash:${blob(blockHash(entriesHash, frame.previousBlockHash))}`,
    `entriesHash:${blob(entriesHash)}`,
    `previousBlockHash:${blob(frame.previousBlockHash)}`,
    `entriesHashList:[${frame.entries.map(blob).join(",")}]`,
    ...rest,
  ].join(",")}}`;
}

function transactionInfo({ statements, changes }: BlockContent): string {
  const written = statements.map(
    (statement) =>
      `{statement:${ionText(statement.text)},startTime:${timestamp(statement.startMs)},` +
      `statementDigest:${blob(statementDigest(statement))}}`,
  );
  const documents = changes.map(
    ({ documentId, table, tableId, statements: by }) =>
      `${ionText(documentId)}:{tableName:${ionText(table)},tableId:${ionText(tableId)},statements:[${by.join(",")}]}`,
  );
  const named = documents.length > 0 ? `,documents:{${documents.join(",")}}` : "";
  return `{statements:[${written.join(",")}]${named}}`;
}

function revision(content: BlockContent, change: Change, address: string) {
  const { documentId, version, data } = change;
  const metadata =
    `{id:${ionText(documentId)},version:${version},txTime:${timestamp(content.atMs)},` +
    `txId:${ionText(content.transactionId)}}`;
  const read = readIon(metadata, "metadata");
  // Nobody published what the service made a deletion's hash of; here it is its metadata's.
  const hash =
    data === undefined ? ionHash(read) : revisionHash({ metadata: read, content: { data } });
  const shown = data === undefined ? "" : `data:${ionText(data)},`;
  return {
    hash,
    text: `{blockAddress:${address},hash:${blob(hash)},${shown}metadata:${metadata}}`,
  };
}

const blob = (bytes: Uint8Array): string => `{{${toBase64(bytes)}}}`;
const timestamp = (atMs: number): string => new Date(atMs).toISOString();
