import { expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { formatBlockAddress } from "../../shared/qldb/revision.ts";
import { auditOf, ourJournal } from "./our-journal.ts";
import { sampleStrand } from "./sample-journal.ts";

/* A journal from which somebody cut what its hashes don't miss. */
const [first, table, one, two] = ourJournal() as [string, string, string, string];
const whole = [first, table, one, two];
const read = (lines: readonly string[]) => auditOf(utf8(`${lines.join("\n")}\n`));

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
