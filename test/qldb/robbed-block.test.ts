import { expect, test } from "@jest/globals";
import { writeBlock, writeFirstBlock } from "../../local/qldb/journal-block.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { readJournal } from "../../shared/audit/journal.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { formatBlockAddress } from "../../shared/qldb/revision.ts";
import { sampleStrand } from "./sample-journal.ts";

/* A journal of our own form, as a bundle has it: the first block, a table's, and two that hold records of one log. */
const [first, table, one, two] = ourJournal() as [string, string, string, string];
const whole = [first, table, one, two];

function ourJournal(): string[] {
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

async function read(lines: readonly string[]) {
  const findings: Finding[] = [];
  const file = "public/journal/000000000-000000003.ion";
  const source = {
    insurer: "countersign",
    checkpoint: async () => undefined,
    notes: async () => [],
    files: () => [file],
    read: async () => utf8(`${lines.join("\n")}\n`),
  };
  const journal = await readJournal(source, "o", sampleStrand, findings, () => undefined);
  return { journal, codes: findings.map(({ code }) => code) };
}

const withoutInfo = (text: string) =>
  text.replace(/,transactionInfo:\{.*?\}\}\}(?=,revisions|\})/, "");
const withoutRevisions = (text: string) => text.replace(/,revisions:\[.*\]\}$/, "}");

test("a whole journal has each log's records, and nothing is found", async () => {
  const { journal, codes } = await read(whole);
  expect(codes).toEqual([]);
  expect(journal.logs.get("acme")?.map(Buffer.from).join()).toBe("zero,one,two");
});

const address = formatBlockAddress({ strandId: sampleStrand, sequenceNo: 3 });
test.each([
  ["its transaction", withoutInfo(two)],
  ["its documents", withoutRevisions(two)],
  ["both, as if nothing had been written", withoutRevisions(withoutInfo(two))],
  [
    "both, with something else that is an entry for the transaction",
    withoutRevisions(withoutInfo(two)).replace(/\}$/, `,transactionInfo:${address}}`),
  ],
  ["its documents' content", two.replace(/revisions:\[(.*)\]\}$/, onlyHashes)],
  [
    "all but what isn't a struct",
    two.replace(/transactionInfo:\{.*\},rev/, "transactionInfo:1,rev"),
  ],
])("the newest records' block, robbed of %s, is found", async (_, robbed) => {
  expect(robbed).not.toBe(two);
  const robbedBlock = parseBlock(robbed);
  expect(robbedBlock.blockHash).toEqual(parseBlock(two).blockHash);
  expect((await read([first, table, one, robbed])).codes).not.toEqual([]);
});

test("a block that made a table shows the transaction, too", async () => {
  const robbed = table.replace(/,transactionInfo:.*$/, "}");
  expect((await read([first, robbed, one, two])).codes).toEqual(["journal-malformed"]);
});

function onlyHashes(_: string, revisions: string): string {
  const hashes = [...revisions.matchAll(/,hash:(\{\{.*?\}\})/g)].map(
    ([, hash]) => `{hash:${hash}}`,
  );
  return `revisions:[${hashes.join(",")}]}`;
}
