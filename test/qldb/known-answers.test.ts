import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fromBase64, toBase64, toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { blockHash, parseBlock, verifyBlock } from "../../shared/qldb/block.ts";
import { dot } from "../../shared/qldb/dot.ts";
import { ionText, readIon } from "../../shared/qldb/ion.ts";
import { ionHash, ionHashOfBinary } from "../../shared/qldb/ion-hash.ts";
import { foldPath, merkleRoot } from "../../shared/qldb/merkle.ts";
import {
  formatProof,
  parseProof,
  verifyBlockProof,
  verifyRevisionProof,
} from "../../shared/qldb/proof.ts";
import {
  formatBlockAddress,
  parseBlockAddress,
  parseRevision,
  revisionHash,
  verifyRevision,
} from "../../shared/qldb/revision.ts";
import { commitDigest, statementDigest } from "../../shared/qldb/transaction.ts";

const path = join(process.env.COUNTERSIGN_SHARED ?? "../shared", "vectors/qldb/known-answers.json");
const here = existsSync(path);
const known = here ? JSON.parse(readFileSync(path, "utf8")) : {};
const run = here ? test : test.skip;
const b64 = (text: string) => fromBase64(text);

describe("answers of the real Amazon QLDB (skipped without the vectors folder)", () => {
  run("a whole block, its revision and both proofs lead to the published digest", () => {
    const { awsCli } = known;
    const block = parseBlock(awsCli.block);
    expect(verifyBlock(block)).toEqual([]);
    expect(block.blockAddress).toEqual(parseBlockAddress(awsCli.blockAddress));
    expect(formatBlockAddress(block.blockAddress)).toBe(awsCli.blockAddress);
    const digest = b64(awsCli.digest);
    expect(verifyBlockProof(block, parseProof(awsCli.blockProof), digest)).toBe(true);
    const revision = parseRevision(awsCli.revision);
    expect(revision.documentId).toBe(awsCli.documentId);
    expect(verifyRevisionProof(revision, parseProof(awsCli.revisionProof), digest)).toBe(true);
    expect(formatProof(parseProof(awsCli.blockProof))).toBe(awsCli.blockProof);
  });

  run("the same block fails when any one thing in it is changed", () => {
    const { awsCli } = known;
    const changed = (from: string | RegExp, to: string) => {
      const text = awsCli.block.replace(from, to);
      expect(text).not.toBe(awsCli.block);
      return verifyBlock(parseBlock(text));
    };
    expect(changed("90.25", "90.26")).toEqual(["revision-hash"]);
    expect(changed("90.25", "90.250")).toEqual(["revision-hash"]);
    expect(changed("version:3", "version:4")).toEqual(["revision-hash"]);
    expect(changed("CMVdR77XP8zAglmmFDGTvt' }", "CMVdR77XP8zAglmmFDGTvu' }")).toEqual([
      "transaction-info-not-in-entries",
      "statement-digest",
    ]);
    expect(changed("l05LOs", "l05LOt")).toEqual(["entries-hash", "block-hash"]);
    expect(changed("7kewBX", "7kewBY")).toEqual(["block-hash"]);
    expect(changed(/hash:\{\{mHVex/, "hash:{{mHVey")).toEqual([
      "revision-hash",
      "revisions-not-in-entries",
    ]);
  });

  run(
    "the revision fails with a proof hash flipped, dropped or moved, and with another digest",
    () => {
      const { awsCli } = known;
      const revision = parseRevision(awsCli.revision);
      const digest = b64(awsCli.digest);
      const proof = parseProof(awsCli.revisionProof);
      proof.forEach((hash, i) => {
        const flipped = Uint8Array.from(hash, (byte, at) => (at === 31 ? byte ^ 1 : byte));
        expect(verifyRevisionProof(revision, proof.with(i, flipped), digest)).toBe(false);
        expect(verifyRevisionProof(revision, proof.toSpliced(i, 1), digest)).toBe(false);
      });
      expect(verifyRevisionProof(revision, proof.toReversed(), digest)).toBe(false);
      expect(verifyRevisionProof(revision, proof, sha256(digest))).toBe(false);
    },
  );

  run(
    "a streamed block whose published data was edited: the true value verifies, the edit doesn't",
    () => {
      const { stream } = known;
      const metadata = readIon(stream.metadata, "metadata");
      const hashWith = (data: string) =>
        toBase64(revisionHash({ metadata, content: { data: readIon(data, "data") } }));
      expect(hashWith(stream.dataTrue)).toBe(stream.revisionHash);
      expect(hashWith(stream.dataTampered)).not.toBe(stream.revisionHash);
      const entries = stream.entriesHashList.map(b64);
      expect(stream.entriesHashList).toContain(stream.revisionHash);
      expect(stream.entriesHashList).toContain(
        toBase64(ionHash(readIon(stream.transactionInfo, "transactionInfo"))),
      );
      expect(toBase64(merkleRoot(entries))).toBe(stream.entriesHash);
      expect(toBase64(blockHash(b64(stream.entriesHash), b64(stream.previousBlockHash)))).toBe(
        stream.blockHash,
      );
      const statement = { text: stream.statement, parameters: [] };
      expect(toBase64(statementDigest(statement))).toBe(stream.statementDigest);
    },
  );

  run("statement digests, the commit digest and dot", () => {
    for (const [text, digest] of Object.entries(known.statementDigestsNoParams)) {
      expect(toBase64(statementDigest({ text, parameters: [] }))).toBe(digest);
    }
    const { commitDigest: commit, dot: joined } = known;
    const parameter = b64(commit.paramIonBinaryBase64);
    expect(
      toBase64(
        commitDigest(commit.transactionId, [{ text: commit.statement, parameters: [parameter] }]),
      ),
    ).toBe(commit.commitDigest);
    expect(ionHashOfBinary(parameter)).toEqual(ionHash(readIon(commit.paramIonText, "parameter")));
    const [a, b] = [sha256(utf8(joined.a_sha256_of)), sha256(utf8(joined.b_sha256_of))];
    expect(toHex(dot(a, b))).toBe(joined.dotHex);
    expect(toHex(dot(b, a))).toBe(joined.dotHex);
  });

  run("a redacted revision keeps its hash: the data's hash stands in for the data", () => {
    const revision = parseRevision(known.awsCli.revision);
    if (!("data" in revision.content)) throw new Error("the vector has data");
    const dataHash = ionHash(revision.content.data);
    expect(verifyRevision({ ...revision, content: { dataHash } })).toBe(true);
    expect(verifyRevision({ ...revision, content: { dataHash: sha256(dataHash) } })).toBe(false);
    expect(ionText(revision.metadata)).toContain("version:3");
    expect(foldPath(revision.hash, [])).toEqual(revision.hash);
  });
});
