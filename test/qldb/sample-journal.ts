import { writeBlock, writeFirstBlock } from "../../local/qldb/journal-block.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { readIon } from "../../shared/qldb/ion.ts";

/** A strand and its document ids, made up, of the service's form. */
export const sampleStrand = "Jk2mX7sT0aBcDeFgHiJkLm";
export const documentIdOf = (block: number): string => `Doc${String(block).padStart(19, "0")}`;
const startMs = Date.parse("2024-03-01T09:00:00.000Z");

/** A journal of `blocks` blocks as Ion text, each after the first a transaction that inserts one document, a minute apart. `data` is the n-th one's. */
export function* sampleJournal(
  blocks: number,
  data = (block: number): string =>
    `{vin:"V${block}",price:${block}.50,since:2024-03-01,tags:["a"]}`,
): Generator<string> {
  let text = writeFirstBlock(sampleStrand, "Txn0000000000000000000", startMs);
  yield text;
  for (let sequenceNo = 1; sequenceNo < blocks; sequenceNo++) {
    const { blockHash } = parseBlock(text);
    const statement = `INSERT INTO Car VALUE {'n':${sequenceNo}}`;
    text = writeBlock({
      strandId: sampleStrand,
      sequenceNo,
      previousBlockHash: blockHash,
      transactionId: `Txn${String(sequenceNo).padStart(19, "0")}`,
      commitDigest: blockHash,
      atMs: startMs + sequenceNo * 60_000,
      statements: [
        { text: statement, parameters: [], startMs: startMs + sequenceNo * 60_000 - 20 },
      ],
      changes: [
        {
          documentId: documentIdOf(sequenceNo),
          table: "Car",
          tableId: "TableCar00000000000000",
          data: readIon(data(sequenceNo), "data"),
          version: 0,
          statements: [0],
        },
      ],
    });
    yield text;
  }
}
