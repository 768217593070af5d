import { describe, expect, test } from "@jest/globals";
import { toBase64 } from "../../shared/base/bytes.ts";
import { parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import { type JournalVerdict, verifyJournal } from "../../shared/qldb/journal.ts";
import { merkleRoot } from "../../shared/qldb/merkle.ts";
import { parseSavedDigest, type SavedDigest } from "../../shared/qldb/saved-digest.ts";
import { documentIdOf, sampleJournal, sampleStrand } from "./sample-journal.ts";

const blocks = [...sampleJournal(9)];
const verify = (texts: readonly string[], saved: readonly SavedDigest[] = []) =>
  verifyJournal(
    texts.map((text) => parseBlock(text)),
    saved,
  );
const faultsOf = ({ findings }: JournalVerdict) =>
  findings.map(({ fault, sequenceNo }) => `${fault} ${sequenceNo}`);
const savedAt = (tip: number): SavedDigest => ({
  digest: merkleRoot(blocks.slice(0, tip + 1).map((text) => parseBlock(text).blockHash)),
  tip: { strandId: sampleStrand, sequenceNo: tip },
});

describe("a whole journal", () => {
  test("verifies, and its digest at any tip is the one the service gave", () => {
    const verdict = verify(blocks, [savedAt(5), savedAt(8), savedAt(0)]);
    expect(verdict).toMatchObject({ first: 0, last: 8, findings: [], faults: 0, anchoredTo: 8 });
    expect(verdict.digest).toEqual(savedAt(8).digest);
    expect(verdict.counts).toMatchObject({ blocks: 9, revisions: 8, withoutTransactionInfo: 1 });
  });

  test("without a digest nothing is anchored; a digest to another tip or strand is never passed over", () => {
    expect(verify(blocks)).toMatchObject({ faults: 0, anchoredTo: undefined });
    const other = { ...savedAt(4), digest: savedAt(5).digest };
    expect(faultsOf(verify(blocks, [other]))).toEqual(["digest 4"]);
    const beyond = { ...savedAt(8), tip: { strandId: sampleStrand, sequenceNo: 12 } };
    expect(faultsOf(verify(blocks, [beyond]))).toEqual(["digest-not-covered 12"]);
    const strange = { ...savedAt(8), tip: { strandId: "x", sequenceNo: 8 } };
    expect(verify(blocks, [strange]).findings[0]?.detail).toContain("of strand x");
    expect(verify(blocks.slice(3), [savedAt(8)]).findings[0]?.detail).toContain("blocks 0 to 2");
  });

  test("any block taken out is found: a gap, or the digest that covers more than there is", () => {
    for (let at = 0; at < blocks.length; at++) {
      const verdict = verify(blocks.toSpliced(at, 1), [savedAt(8)]);
      const inside = at > 0 && at < blocks.length - 1;
      expect(faultsOf(verdict)).toEqual([
        ...(inside ? [`gap ${at + 1}`] : []),
        "digest-not-covered 8",
      ]);
      expect(verdict.anchoredTo).toBeUndefined();
    }
  });

  test("any two blocks exchanged, and any block twice, are found", () => {
    for (let at = 0; at + 1 < blocks.length; at++) {
      const [one = "", two = ""] = blocks.slice(at, at + 2);
      expect(verify(blocks.toSpliced(at, 2, two, one)).faults).toBeGreaterThan(0);
      expect(faultsOf(verify(blocks.toSpliced(at, 0, one)))[0]).toMatch(/^out-of-order/);
    }
  });

  test("a block of another journal in its place breaks the chain behind it", () => {
    const others = [...sampleJournal(9, (block) => `{n:${block}}`)];
    expect(faultsOf(verify(blocks.with(4, others[4] ?? "")))).toEqual(["chain 4", "chain 5"]);
    // All the rest exchanged too, the chain is whole, and only the digest tells.
    const forged = [...blocks.slice(0, 1), ...others.slice(1)];
    expect(faultsOf(verify(forged))).toEqual([]);
    expect(faultsOf(verify(forged, [savedAt(8)]))).toEqual(["digest 8"]);
  });
});

describe("one block's fields", () => {
  const text = blocks[3] ?? "";
  const changed = (from: string | RegExp, to: string): string[] => {
    const altered = text.replace(from, to);
    expect(altered).not.toBe(text);
    return faultsOf(verify(blocks.with(3, altered), [savedAt(8)]));
  };

  test.each([
    ["data", 'vin:"V3"', 'vin:"V4"', ["revision-hash 3"]],
    ["a type in data", "price:3.50", "price:3.50e0", ["revision-hash 3"]],
    ["metadata.version", "version:0", "version:1", ["revision-hash 3"]],
    ["metadata.txTime", /txTime:2024-03-01T09:03/, "txTime:2024-03-01T09:04", ["revision-hash 3"]],
    ["metadata.id", /id:"Doc0/, 'id:"Doc1', ["revision-hash 3", "document-without-revision 3"]],
    ["metadata.txId", /txId:"Txn0/, 'txId:"Txn1', ["revision-hash 3", "transaction-id 3"]],
    ["statement", "'n':3", "'n':4", ["transaction-info-not-in-entries 3", "statement-digest 3"]],
    ["startTime", /startTime:2024/, "startTime:2023", ["transaction-info-not-in-entries 3"]],
    ["tableName", 'tableName:"Car"', 'tableName:"Bus"', ["transaction-info-not-in-entries 3"]],
    ["tableId", 'tableId:"Table', 'tableId:"Tablf', ["transaction-info-not-in-entries 3"]],
  ])("%s is protected", (_, from, to, faults) => {
    expect(changed(from, to)).toEqual(faults);
  });

  test.each(["hash", "blockHash", "entriesHash", "previousBlockHash", "statementDigest"])(
    "%s is protected",
    (name) => {
      const field = new RegExp(`([{,]${name}:\\{\\{)(.{43}=)`);
      const other = toBase64(ionHash("another"));
      expect(changed(field, `$1${other}`).length).toBeGreaterThan(0);
    },
  );

  test("each hash of entriesHashList is protected, and so is how many there are", () => {
    const list = /entriesHashList:\[([^\]]*)\]/.exec(text)?.[1]?.split(",") ?? [];
    expect(list).toHaveLength(4);
    for (let at = 0; at < list.length; at++) {
      const fewer = list.toSpliced(at, 1).join(",");
      expect(changed(list.join(","), fewer)).toContain("entries-hash 3");
    }
  });

  test("what stands outside every hash: a change of these goes unseen in the block, and only place and repetition give it away", () => {
    const alone = (from: string | RegExp, to: string) =>
      verifyBlock(parseBlock(text.replace(from, to)));
    const unprotected: Record<string, readonly string[]> = {
      blockTimestamp: alone(/blockTimestamp:2024/, "blockTimestamp:2031"),
      "blockAddress, with every revision's": alone(/sequenceNo:3/g, "sequenceNo:7"),
      "blockAddress.strandId, with every revision's": alone(/strandId:"J/g, 'strandId:"K'),
      "transactionId of a block without revisions": verifyBlock(
        parseBlock((blocks[0] ?? "").replace('"Txn0', '"Txn1')),
      ),
      "a field that nobody defined": alone("{blockAddress", '{note:"mine",blockAddress'),
    };
    for (const [name, faults] of Object.entries(unprotected))
      expect([name, faults]).toEqual([name, []]);
    // A change of one of two places that must agree is seen.
    expect(alone(/sequenceNo:3/, "sequenceNo:7")).toEqual(["revision-address"]);
    expect(alone(/transactionId:"Txn0/, 'transactionId:"Txn1')).toEqual(["transaction-id"]);
    // In a journal a block's number is its place, and its place that after the block it names.
    expect(changed(/sequenceNo:3/g, "sequenceNo:7")).toEqual(["out-of-order 7"]);
    expect(changed(/strandId:"J/g, 'strandId:"K')).toContain("other-strand 3");
  });
});

describe("what a real journal has beside plain revisions", () => {
  const rehashed = (change: (text: string) => string): string[] => {
    const [text = ""] = blocks.slice(3, 4);
    return verifyBlock(parseBlock(change(text)));
  };
  test("a redacted revision proves by the hash its data left", () => {
    const data = /data:(\{vin.*?\]\})/.exec(blocks[3] ?? "")?.[1] ?? "";
    const hash = toBase64(ionHash(readIon(data, "data")));
    const redact = (text: string) => text.replace(`data:${data}`, `dataHash:{{${hash}}}`);
    expect(rehashed(redact)).toEqual([]);
    expect(verify(blocks.with(3, redact(blocks[3] ?? ""))).counts.redacted).toBe(1);
    const wrong = toBase64(ionHash("other"));
    expect(rehashed((text) => redact(text).replace(hash, wrong))).toEqual(["revision-hash"]);
  });

  const bare = (text: string) =>
    text.replace(
      /revisions:\[.*\]\}$/,
      `revisions:[{hash:${/revisions:\[.*?hash:(\{\{.*?\}\})/.exec(text)?.[1]}}]}`,
    );
  const withoutInfo = (text: string) => text.replace(/,transactionInfo:\{.*\},rev/, ",rev");

  test("a revision of a hash alone is counted where no transaction lists a document, and is in its block, or is found", () => {
    const systems = (text: string) => withoutInfo(bare(text));
    expect(rehashed(systems)).toEqual([]);
    const { counts } = verify(blocks.with(3, systems(blocks[3] ?? "")));
    expect(counts).toMatchObject({ hashOnly: 1, withoutTransactionInfo: 2 });
    const other = `{{${toBase64(ionHash("other"))}}}`;
    expect(
      rehashed((text) =>
        systems(text).replace(/revisions:\[.*\]\}$/, `revisions:[{hash:${other}}]}`),
      ),
    ).toEqual(["revisions-not-in-entries"]);
  });

  test("a document that its transaction lists is shown, or is found: cut out, cut to a hash, or under another id", () => {
    expect(rehashed(bare)).toEqual(["document-without-revision"]);
    expect(rehashed((text) => text.replace(/,revisions:\[.*\]\}$/, "}"))).toEqual([
      "document-without-revision",
    ]);
    const forged = (text: string) =>
      text.replace(/data:\{vin.*?\]\},/, "").replace(/id:"Doc0/, 'id:"Doc1');
    expect(rehashed(forged)).toEqual(["document-without-revision"]);
  });

  test("what is no transaction is not taken for one, even where its hash is an entry", () => {
    const address = `{strandId:"${sampleStrand}",sequenceNo:3}`;
    for (const instead of [address, "1", "{statements:1}", "{statements:[],documents:{a:1}}"]) {
      const faults = rehashed((text) =>
        text.replace(/transactionInfo:\{.*\},rev/, `transactionInfo:${instead},rev`),
      );
      expect(faults).toContain("transaction-info-form");
    }
    const faults = rehashed((text) => text.replace(/statement:"/, 'statement:1,note:"'));
    expect(faults).toContain("statement-digest");
  });

  test("data that are missing are counted, as a deletion or cut out, not called false; the metadata is unproven", () => {
    const deleted = (blocks[3] ?? "").replace(/data:\{vin.*?\]\},/, "");
    for (const text of [deleted, deleted.replace("version:0", "version:7")]) {
      const { counts, faults } = verify(blocks.with(3, text));
      expect({ faults, ...counts }).toMatchObject({
        faults: 0,
        deletions: 1,
        unprovenDeletions: 1,
      });
    }
  });

  test("redactionInfo is protected", () => {
    const info = `{revisions:[{blockAddress:{strandId:"${sampleStrand}",sequenceNo:1},tableId:"T",documentId:"${documentIdOf(1)}",version:0}]}`;
    expect(rehashed((text) => text.replace(/\}$/, `,redactionInfo:${info}}`))).toEqual([
      "redaction-info-not-in-entries",
    ]);
  });
});

test("a digest is read as the service gave it, and as its console saved it", () => {
  const { digest, tip } = savedAt(8);
  const address = `{strandId:"${sampleStrand}",sequenceNo:8}`;
  const forms = [
    JSON.stringify({ Digest: toBase64(digest), DigestTipAddress: { IonText: address } }),
    `{digest:{{${toBase64(digest)}}},digestTipAddress:${address},ledger:"cars",date:2024-03-01T09:00:00Z}`,
    JSON.stringify({ digest: toBase64(digest), digestTipAddress: address, ledger: "cars" }),
    ionText({ LedgerDigest: { Digest: toBase64(digest), DigestTipAddress: { IonText: address } } }),
  ];
  for (const form of forms) expect(parseSavedDigest(form)).toEqual({ digest, tip });
  for (const bad of [
    "{}",
    "[]",
    `{digest:"",digestTipAddress:${address}}`,
    `{digest:"${toBase64(digest)}"}`,
  ]) {
    expect(() => parseSavedDigest(bad)).toThrow();
  }
});
