import { toBase64 } from "../../shared/base/bytes.ts";
import { blockHash, parseBlock } from "../../shared/qldb/block.ts";
import { readIon } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import { merkleRoot } from "../../shared/qldb/merkle.ts";
import { type RevisionContent, revisionHash } from "../../shared/qldb/revision.ts";
import { sampleStrand } from "../qldb/sample-journal.ts";

/** One revision as a block shows it: data as Ion text; redacted: only its hash is left; deleted: neither; hashOnly: a system revision. */
export interface Written {
  readonly document: string;
  readonly version: number;
  readonly data?: string;
  readonly how?: "redacted" | "deleted" | "hashOnly";
}

const blob = (bytes: Uint8Array): string => `{{${toBase64(bytes)}}}`;

/** A journal of these transactions, one block each, after a first block without any; Ion text. */
export function* journalOf(transactions: Iterable<readonly Written[]>): Generator<string> {
  let previous = new Uint8Array(0);
  let sequenceNo = 0;
  const block = (entries: readonly Uint8Array[], more: string): string => {
    const entriesHash = merkleRoot(entries);
    const hash = blockHash(entriesHash, previous);
    const text = `{blockAddress:${addressOf(sequenceNo)},transactionId:"${transactionOf(sequenceNo)}",blockTimestamp:${timeOf(sequenceNo)},blockHash:${blob(hash)},entriesHash:${blob(entriesHash)},previousBlockHash:${blob(previous)},entriesHashList:[${entries.map(blob).join(",")}]${more}}`;
    previous = Uint8Array.from(hash);
    sequenceNo++;
    return text;
  };
  yield block([ionHash("first")], "");
  for (const written of transactions) {
    const made = written.map((one) => revisionIn(sequenceNo, one));
    const documents = written
      .filter(({ how }) => how !== "hashOnly")
      .map(
        ({ document }) =>
          `${document}:{tableName:"Car",tableId:"TableCar00000000000000",statements:[0]}`,
      );
    const info = `{statements:[],documents:{${documents.join(",")}}}`;
    const entries = [
      ionHash(`entry ${sequenceNo}`),
      merkleRoot(made.map(({ hash }) => hash)),
      ionHash(readIon(info, "info")),
    ];
    const revisions = made.map(({ text }) => text).join(",");
    yield block(entries, `,transactionInfo:${info},revisions:[${revisions}]`);
  }
}

const addressOf = (sequenceNo: number): string =>
  `{strandId:"${sampleStrand}",sequenceNo:${sequenceNo}}`;
const transactionOf = (sequenceNo: number): string => `Txn${String(sequenceNo).padStart(19, "0")}`;
const timeOf = (sequenceNo: number): string =>
  new Date(Date.parse("2024-03-01T09:00:00.000Z") + sequenceNo * 60_000).toISOString();

function revisionIn(
  sequenceNo: number,
  { document, version, data = "{}", how }: Written,
): { readonly text: string; readonly hash: Uint8Array } {
  const metadata = `{id:"${document}",version:${version},txTime:${timeOf(sequenceNo)},txId:"${transactionOf(sequenceNo)}"}`;
  const read = readIon(metadata, "metadata");
  const content: RevisionContent =
    how === "deleted" ? { deleted: { proven: true } } : { data: readIon(data, "data") };
  const hash = revisionHash({ metadata: read, content });
  if (how === "hashOnly") return { text: `{hash:${blob(hash)}}`, hash };
  const left = {
    redacted: `,dataHash:${blob(ionHash(readIon(data, "data")))}`,
    deleted: "",
    whole: `,data:${data}`,
  }[how ?? "whole"];
  const text = `{blockAddress:${addressOf(sequenceNo)},hash:${blob(hash)}${left},metadata:${metadata}}`;
  return { text, hash };
}

export const digestOf = (blocks: readonly string[]): Uint8Array =>
  merkleRoot(blocks.map((text) => parseBlock(text).blockHash));

/** The n-th document's id. */
export const documentOf = (n: number): string => `Car${String(n).padStart(19, "0")}`;

/** Documents of every kind: inserted, changed, in one transaction with another, redacted, deleted, and a system revision. */
export const everyKind: readonly (readonly Written[])[] = [
  [
    {
      document: documentOf(1),
      version: 0,
      data: '{owner:"Mary Shaw",price:90.25,since:2024-03-01}',
    },
  ],
  [
    { document: documentOf(2), version: 0, data: "{vin:'V2',tags:[\"a\",{{aGVsbG8=}},1e0]}" },
    { document: documentOf(3), version: 0, data: "{gone:true}", how: "redacted" },
    { document: documentOf(4), version: 0, data: "car::{at:2024-03-01T00:00-00:00}" },
  ],
  [{ document: documentOf(1), version: 1, data: '{owner:"Nova Shaw",price:90.250}' }],
  [{ document: documentOf(9), version: 0, how: "hashOnly" }],
  [
    { document: documentOf(2), version: 1, how: "deleted" },
    { document: documentOf(1), version: 2, data: "{owner:null.string}" },
  ],
];
