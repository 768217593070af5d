import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { Policy } from "../../shared/log/policy.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatTlogProof } from "../../shared/proof/tlog-proof.ts";
import { verifyCheckpoint, verifyTlogProof } from "../../shared/proof/verify-checkpoint.ts";
import { ed25519Signer, mlDsa44Signer, signCheckpoint, type TestSigner } from "../log/signers.ts";

const origin = "log.example/claims";
const records = ["genesis", "claim.submitted", "claim.decided", "payout.released"].map(utf8);
const tree = treeOf(records.map(leafHash));
const checkpoint = { origin, size: tree.size, root: tree.root, extensions: [] };

const log = ed25519Signer(origin, 1);
const pqLog = mlDsa44Signer(origin);
const auditor = ed25519Signer("auditor.example", 2, "cosignature");
const regulator = ed25519Signer("regulator.example", 3, "cosignature");
const stranger = ed25519Signer("stranger.example", 4, "cosignature");

const policy: Policy = {
  logs: [{ key: log.key }, { key: pqLog.key }],
  witnesses: [
    { name: "auditor", key: auditor.key },
    { name: "regulator", key: regulator.key },
  ],
  groups: [{ name: "outside", threshold: 1, members: ["auditor", "regulator"] }],
  quorum: "outside",
};
const alone: Policy = { ...policy, quorum: "none" };
const note = (...signers: TestSigner[]) => signCheckpoint(checkpoint, signers);

const refusal = (refused: string) => expect.objectContaining({ refused });

describe("a checkpoint", () => {
  test("signed by the log and cosigned by the quorum is believed", () => {
    expect(verifyCheckpoint(note(log, auditor), policy)).toEqual(checkpoint);
    expect(verifyCheckpoint(note(pqLog, regulator, stranger), policy)).toEqual(checkpoint);
    expect(verifyCheckpoint(note(log), alone)).toEqual(checkpoint);
  });

  test("without the quorum is refused", () => {
    expect(verifyCheckpoint(note(log, stranger), policy)).toEqual(refusal("quorum-not-met"));
    expect(verifyCheckpoint(note(log, pqLog), policy)).toEqual(refusal("quorum-not-met"));
  });

  test("without a log of the policy is refused, whoever cosigned it", () => {
    expect(verifyCheckpoint(note(auditor, regulator), policy)).toEqual(refusal("unknown-log"));
    expect(verifyCheckpoint(note(stranger), policy)).toEqual(refusal("unknown-log"));
  });

  test("by a witness that bears the log's name is refused", () => {
    const namesake = ed25519Signer(origin, 5, "cosignature");
    const witnesses = [{ name: "namesake", key: namesake.key }];
    const trusting = { ...policy, witnesses, groups: [], quorum: "namesake" };
    expect(verifyCheckpoint(note(namesake), trusting)).toEqual(refusal("unknown-log"));
    expect(verifyCheckpoint(note(log, namesake), trusting)).toEqual(checkpoint);
  });

  test("of another origin is refused even under a key the policy lists", () => {
    const foreign = signCheckpoint({ ...checkpoint, origin: "log.example/other" }, [log, auditor]);
    expect(verifyCheckpoint(foreign, policy)).toEqual(refusal("unknown-log"));
  });

  test("with one byte changed is refused", () => {
    const bytes = note(log, auditor);
    for (let i = 0; i < bytes.length; i += 3) {
      const changed = verifyCheckpoint(bytes.with(i, bytes[i]! ^ 1), policy);
      expect(changed).toEqual(expect.objectContaining({ refused: expect.any(String) }));
    }
  });

  test("that lost the signature its size requires is refused", () => {
    const early = parseRequirements(utf8("require 1 ed25519\nrequire 5 ed25519+mldsa44\n"));
    const both = parseRequirements(utf8("require 1 ed25519\nrequire 4 ed25519+mldsa44\n"));
    expect(verifyCheckpoint(note(log), alone, early)).toEqual(checkpoint);
    expect(verifyCheckpoint(note(pqLog), alone, early)).toEqual(refusal("requirement-not-met"));
    expect(verifyCheckpoint(note(log, pqLog), alone, both)).toEqual(checkpoint);
    for (const one of [log, pqLog]) {
      expect(verifyCheckpoint(note(one), alone, both)).toEqual(refusal("requirement-not-met"));
    }
  });

  test("shows extension lines only under a signature that covers them", () => {
    const extended = { ...checkpoint, extensions: ["more"] };
    const signed = (...signers: TestSigner[]) => signCheckpoint(extended, signers);
    expect(verifyCheckpoint(signed(log), alone)).toEqual(extended);
    expect(verifyCheckpoint(signed(pqLog), alone)).toEqual(refusal("unsigned-extensions"));
  });

  test("that is none is refused as malformed, not thrown", () => {
    for (const text of ["", "hello\n", fromUtf8(note(log)).slice(0, -1)]) {
      expect(verifyCheckpoint(utf8(text), policy)).toEqual(refusal("malformed"));
    }
  });
});

describe("a proof file", () => {
  const proofOf = (index: bigint, checkpointNote = note(log, auditor)) =>
    formatTlogProof({ index, hashes: tree.inclusion(index), checkpointNote, extra: utf8("x") });

  test("shows each record its place", () => {
    records.forEach((record, i) => {
      expect(verifyTlogProof(proofOf(BigInt(i)), policy, leafHash(record))).toEqual({
        index: BigInt(i),
        checkpoint,
        witnesses: [{ name: "auditor.example", timeSeconds: 1_700_000_000n }],
        extra: utf8("x"),
      });
    });
  });

  test("shows nothing of another record or place", () => {
    const submitted = leafHash(utf8("claim.submitted"));
    const decided = leafHash(utf8("claim.decided"));
    expect(verifyTlogProof(proofOf(1n), policy, decided)).toEqual(refusal("not-included"));
    const moved = fromUtf8(proofOf(1n)).replace("index 1", "index 2");
    expect(verifyTlogProof(utf8(moved), policy, submitted)).toEqual(refusal("not-included"));
    const beyond = fromUtf8(proofOf(1n)).replace("index 1", "index 4");
    expect(verifyTlogProof(utf8(beyond), policy, submitted)).toEqual(refusal("not-included"));
  });

  test("is worth what its checkpoint is", () => {
    const leaf = leafHash(utf8("genesis"));
    const unwitnessed = proofOf(0n, note(log));
    expect(verifyTlogProof(unwitnessed, policy, leaf)).toEqual(refusal("quorum-not-met"));
    const strange = proofOf(0n, note(stranger));
    expect(verifyTlogProof(strange, policy, leaf)).toEqual(refusal("unknown-log"));
    const requirements = parseRequirements(utf8("require 0 ed25519+mldsa44\n"));
    expect(verifyTlogProof(proofOf(0n), policy, leaf, requirements)).toEqual(
      refusal("requirement-not-met"),
    );
    expect(verifyTlogProof(utf8("no proof"), policy, leaf)).toEqual(refusal("malformed"));
  });
});
