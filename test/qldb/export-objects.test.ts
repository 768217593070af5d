import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { parseCompletedName, parseDataName } from "../../shared/qldb/export-names.ts";
import { type ExportRequest, exportObjects } from "../../shared/qldb/export-objects.ts";
import { splitIon } from "../../shared/qldb/split.ts";

const path = join(process.env.COUNTERSIGN_SHARED ?? "../shared", "vectors/qldb/known-answers.json");
const run = existsSync(path) ? test : test.skip;
const strandId = "KmA3ZZca7vAIiJAK9S5Iwl";
const request: ExportRequest = {
  ledgerName: "vehicle-registration",
  exportId: "8UyXulxccYLAsbN1aon7e4",
  strandId,
  inclusiveStartTime: "2019-04-15T00:00:00.000Z",
  exclusiveEndTime: "2019-04-15T22:00:00.000Z",
  bucket: "amzn-s3-demo-bucket",
  prefix: "journalExport/",
  objectEncryptionType: "NO_ENCRYPTION",
  format: "ION_TEXT",
};
const block = () => JSON.parse(readFileSync(path, "utf8")).awsCli.block as string;

run("an export has the service's names and manifests (skipped without the vectors folder)", () => {
  const objects = [...exportObjects(request, [block()])];
  expect(objects.map(({ key }) => key)).toEqual([
    "journalExport/8UyXulxccYLAsbN1aon7e4.started.manifest",
    `journalExport/2019/09/16/19/${strandId}.100-100.ion`,
    `journalExport/8UyXulxccYLAsbN1aon7e4.${strandId}.completed.manifest`,
  ]);
  const [started, , completed] = objects.map(({ bytes }) => fromUtf8(bytes));
  // The guide's own example of a first manifest, but for its names.
  expect(started).toBe(
    '{ledgerName:"vehicle-registration",exportId:"8UyXulxccYLAsbN1aon7e4",inclusiveStartTime:2019-04-15T00:00:00.000Z,exclusiveEndTime:2019-04-15T22:00:00.000Z,bucket:"amzn-s3-demo-bucket",prefix:"journalExport/",objectEncryptionType:"NO_ENCRYPTION",outputFormat:"ION_TEXT"}\n',
  );
  expect(completed).toBe(`{keys:["journalExport/2019/09/16/19/${strandId}.100-100.ion"]}\n`);
});

run("a real block is whole in a text and in a binary export; JSON has its words", () => {
  for (const format of ["ION_TEXT", "ION_BINARY"] as const) {
    const [, object] = exportObjects({ ...request, format }, [block(), block()]);
    const pieces = [...splitIon([object!.bytes])];
    expect(pieces.map(({ bytes }) => verifyBlock(parseBlock(bytes)))).toEqual([[], []]);
  }
  const [, json] = exportObjects({ ...request, format: "JSON" }, [block()]);
  expect(json!.key.endsWith(".json")).toBe(true);
  const read = JSON.parse(fromUtf8(json!.bytes));
  expect(read.blockTimestamp).toBe("2019-09-16T19:37:05.360Z");
  expect(read.blockHash).toBe("NoChM92yKRuJAb/jeLd1VnYn4DHiWIf071ACfic9uHc=");
  expect(read.revisions[0].data.PendingPenaltyTicketAmount).toBe(90.25);
});

run("a data object ends with its hour, or when it is full", () => {
  const later = block()
    .replace(/19:37:05.360Z/, "20:00:00.000Z")
    .replace("sequenceNo:100", "sequenceNo:101");
  const keys = (blocks: string[], most?: number) =>
    [...exportObjects(request, blocks, most)].map(({ key }) => key.slice(14)).slice(1, -1);
  expect(keys([block(), later])).toEqual([
    `2019/09/16/19/${strandId}.100-100.ion`,
    `2019/09/16/20/${strandId}.101-101.ion`,
  ]);
  expect(keys([later, later, later], 2)).toHaveLength(2);
});

test("names are read as they are written, and others are nobody's", () => {
  expect(parseDataName(`${strandId}.1-40.ion`)).toEqual({
    strandId,
    first: 1,
    last: 40,
    json: false,
  });
  expect(parseDataName(`${strandId}.0-0.json`)).toMatchObject({ json: true });
  for (const name of ["x.1-2.csv", "x.01-2.ion", "a.b.1-2.ion", "1-2.ion"]) {
    expect(parseDataName(name)).toBeUndefined();
  }
  expect(parseCompletedName("e.s.completed.manifest")).toEqual({ exportId: "e", strandId: "s" });
  expect(parseCompletedName("e.completed.manifest")).toBeUndefined();
});
