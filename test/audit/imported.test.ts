import { describe, expect, test } from "@jest/globals";
import { revisionsOf } from "../../local/import/block-revisions.ts";
import { toBase64 } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { importDocument } from "../../shared/policy/document.ts";
import { recordJournal } from "../../shared/policy/journal.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { merklePath } from "../../shared/qldb/merkle.ts";
import { digestOf, documentOf, everyKind, journalOf } from "../import/journal.ts";
import { byMachine, handle } from "../policy/sample.ts";
import { sampleStrand } from "../qldb/sample-journal.ts";
import { audit, findingsIn } from "./bundle.ts";
import { honestLog } from "./honest.ts";
import { Walk } from "./walk.ts";

const texts = [...journalOf(everyKind)];
const digest = toBase64(digestOf(texts));
/** A stream and a subject for each document. */
const streamOf = (id: string): string => handle("9").slice(0, 30) + id.slice(-2);
const subjectOf = (id: string): string => handle("a").slice(0, 30) + id.slice(-2);
const journal = {
  strandId: sampleStrand,
  blocks: BigInt(texts.length),
  digest,
  saved: [],
  documents: 4n,
  revisions: 7n,
  redacted: 1n,
  deletions: 1n,
  hashOnly: 1n,
  erased: 0n,
};

/** A log that imported the journal: records "1/0" (document, version) and so on, then "journal", if it is `whole`. */
async function imported(whole = true) {
  const walk = new Walk();
  await walk.open();
  const insurer = await walk.reader.insurer();
  const blocks = texts.map((text) => parseBlock(text));
  const hashes = blocks.map(({ blockHash }) => blockHash);
  for (const block of blocks) {
    const path = merklePath(hashes, block.blockAddress.sequenceNo).map(toBase64);
    for (const { proof, ...revision } of revisionsOf(block)) {
      const id = revision.documentId;
      const content = { ...revision, proof: [...proof, ...path], digest, subject: subjectOf(id) };
      const stream = streamOf(id);
      const before = await walk.reader.stream("document", stream);
      const event = importDocument(insurer, before, stream, content, byMachine());
      walk.take(`${Number(id.slice(3))}/${revision.revision}`, event, byMachine());
    }
  }
  if (whole) walk.take("journal", recordJournal(insurer, journal), byMachine());
  return honestLog(walk);
}

test("each revision that is open proves in the digest of its journal", async () => {
  const log = await imported();
  const { findings, imports, acts } = await audit(log.bundle({ notes: [] }));
  expect(findings).toEqual([]);
  expect(imports).toEqual({ revisions: 7, proven: 7, unread: 0 });
  expect(acts.reexecuted).toBe(acts.sealed);
});

test("what is not opened is counted, and so is an import that was not finished", async () => {
  const log = await imported();
  const closed = ["1/0", "1/1", "1/2", "3/0"]
    .map((name) => log.walk.at(name))
    .sort((a, b) => a - b);
  const { findings, imports } = await audit(log.bundle({ notes: [], withheld: closed }));
  expect(findings).toEqual([]);
  expect(imports).toEqual({ revisions: 7, proven: 3, unread: 4 });
  const unfinished = await audit((await imported(false)).bundle({ notes: [] }));
  expect(unfinished.findings).toEqual([]);
  expect(unfinished.imports).toEqual({ revisions: 7, proven: 0, unread: 0 });
});

describe("a false word in", () => {
  const other = toBase64(new Uint8Array(32).fill(7));
  const one = { id: documentOf(1), name: "1/0" };
  test.each<[string, string, (fields: Record<string, Json>) => Record<string, Json>]>([
    ["data", one.name, () => ({ data: '{owner:"Mary Shaw",price:90.26,since:2024-03-01}' })],
    ["data that is no Ion", one.name, () => ({ data: "{" })],
    [
      "data of another type",
      one.name,
      () => ({ data: '{owner:"Mary Shaw",price:90.250,since:2024-03-01}' }),
    ],
    [
      "metadata",
      one.name,
      ({ metadata }) => ({ metadata: String(metadata).replace("09:01", "09:02") }),
    ],
    ["metadata, of another document", one.name, () => ({ documentId: documentOf(8) })],
    ["what a redaction left", "3/0", () => ({ dataHash: other })],
    ["hash", one.name, () => ({ hash: other })],
    ["hash of a deletion", "2/1", () => ({ hash: other })],
    ["proof", one.name, ({ proof }) => ({ proof: [...(proof as Json[]).slice(1), other] })],
    [
      "proof that lacks its end",
      one.name,
      ({ proof }) => ({ proof: (proof as Json[]).slice(0, -1) }),
    ],
  ])("%s is found at its record", async (_, name, change) => {
    const log = await imported();
    const found = await findingsIn(log.forged(name, change(log.fields(name))));
    expect(found).toContain(log.finding(name, "import-differs"));
  });

  test.each([
    ["digest", { digest: other }, 7],
    ["number of revisions", { revisions: "6" }, 0],
    ["number of documents", { documents: "5" }, 0],
    ["number of redactions", { redacted: "0" }, 0],
  ])("the journal's %s is found", async (_, over, unproven) => {
    const log = await imported();
    const found = await findingsIn(log.forged("journal", over));
    const codes = found.filter((each) => each.endsWith("import-differs"));
    expect(codes).toHaveLength(unproven + (unproven > 0 ? 0 : 1));
    if (unproven === 0) expect(codes).toEqual([log.finding("journal", "import-differs")]);
  });
});

test("a journal that is here twice, or a revision after it or out of order, is refused again by the audit", async () => {
  const log = await imported();
  const { items } = log.walk;
  const last = items.at(-1)!;
  expect(await findingsIn(log.rebuilt([...items, last]))).toContain(`${items.length} refused`);
  const late = items[log.walk.at("4/0")]!;
  const moved = [...items.filter((item) => item !== late), late];
  expect(await findingsIn(log.rebuilt(moved))).toContain(`${items.length - 1} refused`);
  const [first, next] = ["1/0", "1/1"].map((name) => log.walk.at(name)) as [number, number];
  const swapped = [...items];
  [swapped[first], swapped[next]] = [items[next]!, items[first]!];
  expect(await findingsIn(log.rebuilt(swapped))).toContain(`${next} refused`);
});
