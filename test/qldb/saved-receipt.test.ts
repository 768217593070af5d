import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { temporaryFolder } from "../cluster/temporary.ts";
import { audit } from "./exported.ts";

const path = join(process.env.COUNTERSIGN_SHARED ?? "../shared", "vectors/qldb/known-answers.json");
const known = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).awsCli : undefined;
const run = known ? test : test.skip;

describe("audit qldb-receipt on what the service answered (skipped without the vectors folder)", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder("qldb-receipt");
  });
  const receiptOf = async (content: string, ...more: string[]) => {
    const file = join(folder, "receipt");
    writeFileSync(file, content);
    const { code, out, err } = await audit(["qldb-receipt", file, ...more, "--json"]);
    return { code, err, ...(out ? JSON.parse(out) : {}) };
  };
  const holder = (IonText: string) => ({ IonText });
  const answered = () => ({
    Revision: holder(known.revision),
    Proof: holder(known.revisionProof),
    Digest: known.digest,
    DigestTipAddress: holder(known.digestTipAddress),
  });

  run("GetRevision's and GetDigest's answers, in JSON and in Ion, verify", async () => {
    const wanted = { code: 0, ok: true, documentId: known.documentId, version: 3, tip: 123 };
    expect(await receiptOf(JSON.stringify(answered()))).toMatchObject(wanted);
    const ion = `{revision:${known.revision},proof:${known.revisionProof},digest:{{${known.digest}}},digestTipAddress:${known.digestTipAddress}}`;
    expect(await receiptOf(ion)).toMatchObject(wanted);
    const nested = {
      Revision: holder(known.revision),
      Proof: holder(known.revisionProof),
      LedgerDigest: { Digest: known.digest, DigestTipAddress: holder(known.digestTipAddress) },
    };
    expect(await receiptOf(JSON.stringify(nested))).toMatchObject(wanted);
    const block = {
      ...answered(),
      Revision: undefined,
      Block: holder(known.block),
      Proof: holder(known.blockProof),
    };
    expect(await receiptOf(JSON.stringify(block))).toMatchObject({ code: 0, sequenceNo: 100 });
  });

  run("a digest of its own file counts, and one must be there", async () => {
    const { Revision, Proof, ...digest } = answered();
    const file = join(folder, "digest.json");
    writeFileSync(file, JSON.stringify(digest));
    expect(await receiptOf(JSON.stringify({ Revision, Proof }), "--digest", file)).toMatchObject({
      code: 0,
    });
    const none = await receiptOf(JSON.stringify({ Revision, Proof }));
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining("holds no digest") });
    writeFileSync(file, JSON.stringify({ ...digest, Digest: Buffer.alloc(32).toString("base64") }));
    const other = await receiptOf(JSON.stringify(answered()), "--digest", file);
    expect(other).toMatchObject({ code: 1, findings: ["the proof does not lead to the digest"] });
  });

  run(
    "every protected field altered is found; the address is not protected, and the verdict says so",
    async () => {
      const altered = (from: string, to: string) => {
        expect(known.revision).toContain(from);
        return receiptOf(
          JSON.stringify({ ...answered(), Revision: holder(known.revision.replace(from, to)) }),
        );
      };
      for (const [from, to] of [
        ["90.25", "90.26"],
        ["version:3", "version:4"],
        ["37:05.344Z", "37:05.345Z"],
        ['txId:"F', 'txId:"G'],
        ['id:"JUJ', 'id:"KUJ'],
        ['City:"Everett"', 'City:"Everest"'],
      ] as const) {
        expect(await altered(from, to)).toMatchObject({ code: 1, ok: false });
      }
      expect(await altered("sequenceNo:100", "sequenceNo:99")).toMatchObject({
        code: 0,
        sequenceNo: 99,
      });
      expect(await altered("sequenceNo:100", "sequenceNo:124")).toMatchObject({ code: 1 });
      const hashes = JSON.parse(`["${known.revisionProof.match(/[\w+/]{43}=/g).join('","')}"]`);
      for (let at = 0; at < hashes.length; at++) {
        const Proof = holder(`[${hashes.toSpliced(at, 1).map((hash: string) => `{{${hash}}}`)}]`);
        expect(await receiptOf(JSON.stringify({ ...answered(), Proof }))).toMatchObject({
          code: 1,
        });
      }
    },
  );

  run("what is no receipt is refused", async () => {
    for (const bad of ["", "{}", "[1]", `{revision:${known.revision}}`, "{".repeat(100_000)]) {
      expect(await receiptOf(bad)).toMatchObject({ code: 2 });
    }
  });
});
