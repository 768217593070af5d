import { writeBlock, writeFirstBlock } from "../../local/qldb/journal-block.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { type Journal, readJournal } from "../../shared/audit/journal.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { sampleStrand } from "./sample-journal.ts";

/** A journal of our own form, as a bundle has it, a block each: the first, a table's, and two that hold records of one log. */
export function ourJournal(): string[] {
  const texts = [writeFirstBlock(sampleStrand, "Txn0000000000000000000", 0)];
  const add = (statement: string, records: readonly [number, string][]): void => {
    const sequenceNo = texts.length;
    const previousBlockHash = parseBlock(texts.at(-1) ?? "").blockHash;
    texts.push(
      writeBlock({
        strandId: sampleStrand,
        sequenceNo,
        previousBlockHash,
        transactionId: `Txn${String(sequenceNo).padStart(19, "0")}`,
        commitDigest: previousBlockHash,
        atMs: sequenceNo * 60_000,
        statements: [{ text: statement, parameters: [], startMs: sequenceNo * 60_000 }],
        changes: records.map(([index, record]) => ({
          documentId: `Doc${String(index).padStart(19, "0")}`,
          table: "log_acme",
          tableId: "TableAcme0000000000000",
          data: readIon(
            `{eventId:"e${index}",index:${index},leafHash:"${toHex(leafHash(utf8(record)))}",record:${ionText(record)}}`,
            "data",
          ),
          version: 0,
          statements: [0],
        })),
      }),
    );
  };
  add("CREATE TABLE log_acme", []);
  add("INSERT INTO log_acme VALUE {'n':0}", [[0, "zero"]]);
  add("INSERT INTO log_acme VALUE {'n':1}", [
    [1, "one"],
    [2, "two"],
  ]);
  return texts;
}

/** What an audit reads of a journal whose one file has these bytes, and the code of each finding. */
export async function auditOf(
  bytes: Uint8Array,
): Promise<{ readonly journal: Journal; readonly codes: readonly string[] }> {
  const findings: Finding[] = [];
  const file = "public/journal/000000000-000000003.ion";
  const source = {
    insurer: "countersign",
    checkpoint: async () => undefined,
    notes: async () => [],
    files: () => [file],
    read: async () => bytes,
  };
  const journal = await readJournal(source, "o", sampleStrand, findings, () => undefined);
  return { journal, codes: findings.map(({ code }) => code) };
}
