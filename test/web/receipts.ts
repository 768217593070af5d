import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatHashLines } from "../../shared/proof/hash-lines.ts";
import { formatReceipt, parseReceipt } from "../../shared/proof/receipt.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { examplesIn } from "../docs/pages.ts";
import { someLeaves } from "../log/naive.ts";
import { ed25519Signer, mlDsa44Signer, signCheckpoint } from "../log/signers.ts";

/** A file as a person drops it. */
export interface TestFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
export const fileOf = (name: string, content: string | Uint8Array): TestFile => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});

const { content } = parseReceipt(utf8(examplesIn("spec/receipt.md").get("receipt") ?? ""));
const origin = parseRecord(content.record).origin;
const leaves = someLeaves(12).with(7, leafHash(content.record));
const tree = treeOf(leaves.slice(0, 9));
const checkpoint = { origin, size: tree.size, root: tree.root, extensions: [] };
const log = ed25519Signer(origin, 1);
const quantum = mlDsa44Signer(origin);
const witness = ed25519Signer("witness.example/notary", 2, "cosignature");

const signedBy = (...signers: readonly (typeof log)[]): string =>
  formatReceipt(content, {
    index: 7n,
    hashes: tree.inclusion(7n),
    checkpointNote: signCheckpoint(checkpoint, signers),
  });

/** The decision of docs/spec/receipt.md in a log of 9, signed twice and witnessed. */
export const receipt = fileOf("decision.tlog-proof", signedBy(log, quantum, witness));
export const withoutMlDsa = fileOf("decision.tlog-proof", signedBy(log, witness));
export const unwitnessed = fileOf("decision.tlog-proof", signedBy(log, quantum));

const policyOf = (logKey: typeof log.key, quorum: string): Uint8Array =>
  formatPolicy({
    logs: [{ key: logKey }, { key: quantum.key }],
    witnesses: [{ name: "notary", key: witness.key }],
    groups: [],
    quorum,
  });

/** Whom the receipt's holder believes; the same without a quorum; and somebody else's. */
export const policy = fileOf("acme.policy", policyOf(log.key, "notary"));
export const noQuorum = fileOf("acme.policy", policyOf(log.key, "none"));
export const otherPolicy = fileOf(
  "other.policy",
  examplesIn("spec/receipt.md").get("policy") ?? "",
);
export const requirements = fileOf("acme.require", "require 1 ed25519+mldsa44\n");

const noteOf = (size: number, root: Uint8Array): TestFile => {
  const later = { origin, size: BigInt(size), root, extensions: [] };
  return fileOf("checkpoint", signCheckpoint(later, [log, witness]));
};
/** The same log three entries on, as the witness kept it, and the proof from there; and a log that was rewritten meanwhile. */
export const later = noteOf(12, treeOf(leaves).root);
export const consistency = fileOf(
  "acme.consistency",
  formatHashLines(treeOf(leaves).consistency(9n)),
);
export const rewritten = noteOf(12, treeOf(leaves.with(3, leaves[4] ?? tree.root)).root);

/** The file with one bit of byte `place` flipped. */
export function flipped({ name, buffer }: TestFile, place: number): TestFile {
  const bytes = Buffer.from(buffer);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return fileOf(name, bytes);
}
