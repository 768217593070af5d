import { utf8 } from "../../shared/base/bytes.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { formatReceipt, parseReceipt } from "../../shared/proof/receipt.ts";
import { examplesIn } from "../docs/pages.ts";
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

const { content, proof } = parseReceipt(utf8(examplesIn("spec/receipt.md").get("receipt") ?? ""));
const checkpoint = parseCheckpoint(parseNote(proof.checkpointNote).text);
const log = ed25519Signer(checkpoint.origin, 1);
const quantum = mlDsa44Signer(checkpoint.origin);
const witness = ed25519Signer("witness.example/notary", 2, "cosignature");

const signedBy = (...signers: readonly (typeof log)[]): string =>
  formatReceipt(content, { ...proof, checkpointNote: signCheckpoint(checkpoint, signers) });

/** A decision's receipt of docs/spec/receipt.md, signed twice and witnessed. */
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

/** The file with one bit of byte `place` flipped. */
export function flipped({ name, buffer }: TestFile, place: number): TestFile {
  const bytes = Buffer.from(buffer);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return fileOf(name, bytes);
}
