import { readFileSync } from "node:fs";
import { equal, toBase64 } from "../../../shared/base/bytes.ts";
import { verifyBlock } from "../../../shared/qldb/block.ts";
import { foldPath } from "../../../shared/qldb/merkle.ts";
import { verifyRevision } from "../../../shared/qldb/revision.ts";
import type { SavedDigest } from "../../../shared/qldb/saved-digest.ts";
import { parseSavedReceipt, type SavedReceipt } from "../../../shared/qldb/saved-receipt.ts";
import { reading, Unreadable } from "../../terminal/reading.ts";
import { exits, verb } from "../../terminal/verb.ts";
import { readSavedDigest } from "./qldb-journal.ts";

/** `audit qldb-receipt FILE [--digest FILE]`: verifies a revision or block with its proof, as GetRevision or GetBlock answered it, against a saved digest. */
export const qldbReceiptVerb = verb({
  name: "qldb-receipt",
  usage: ["qldb-receipt FILE [--digest FILE] [--json]"],
  options: { digest: { type: "string" } },
  operands: [1, 1],
  run: (terminal, { digest: file }, [receiptFile = ""]) => {
    const receipt = reading(receiptFile, () => parseSavedReceipt(readFileSync(receiptFile)));
    const saved = file === undefined ? receipt.digest : readSavedDigest(file);
    if (!saved)
      throw new Unreadable(
        `${receiptFile} holds no digest: name the one you saved by --digest FILE`,
      );
    const findings = judge(receipt, saved);
    const ok = findings.length === 0;
    const subject = subjectOf(receipt);
    terminal.line(`${ok ? "✓" : "✗ not shown:"} ${subject.words}`);
    for (const finding of findings) terminal.line(`  ${finding}`);
    terminal.line(
      `  digest ${toBase64(saved.digest)} of blocks up to ${saved.tip.sequenceNo}, ${file === undefined ? "out of the receipt itself: keep it apart" : "from a file of its own"}`,
    );
    terminal.line(
      `  block address ${subject.sequenceNo} is what the receipt says; no hash covers it`,
    );
    const { documentId = null, version = null, sequenceNo } = subject;
    terminal.result({ ok, documentId, version, sequenceNo, tip: saved.tip.sequenceNo, findings });
    return ok ? exits.ok : exits.found;
  },
});

function judge({ of, proof }: SavedReceipt, saved: SavedDigest): string[] {
  const findings: string[] = [];
  const { blockAddress } = "block" in of ? of.block : of.revision;
  if ("revision" in of && !verifyRevision(of.revision)) {
    findings.push("the revision's hash is not that of its metadata and data");
  }
  if ("block" in of) {
    for (const fault of verifyBlock(of.block))
      findings.push(`the block does not add up (${fault})`);
  }
  const hash = "block" in of ? of.block.blockHash : of.revision.hash;
  if (!equal(foldPath(hash, proof), saved.digest))
    findings.push("the proof does not lead to the digest");
  if (blockAddress.strandId !== saved.tip.strandId)
    findings.push("the digest is of another strand");
  else if (blockAddress.sequenceNo > saved.tip.sequenceNo) {
    findings.push("the digest was taken before the block it says it is in");
  }
  return findings;
}

function subjectOf({ of }: SavedReceipt) {
  const { sequenceNo } = ("block" in of ? of.block : of.revision).blockAddress;
  if ("block" in of)
    return { sequenceNo, words: `block ${sequenceNo} is in the journal the digest is of` };
  const { documentId, version, content } = of.revision;
  const kind = "data" in content ? "" : "dataHash" in content ? ", redacted" : ", a deletion";
  const words = `version ${version} of document ${documentId}${kind}: in the journal the digest is of`;
  return { documentId, version, sequenceNo, words };
}
