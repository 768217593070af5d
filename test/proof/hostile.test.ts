import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { utf8 } from "../../shared/base/bytes.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { verifyConsistency } from "../../shared/proof/consistency.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { proofRefusalCodes } from "../../shared/proof/refusal.ts";
import { verifyCheckpoint, verifyTlogProof } from "../../shared/proof/verify-checkpoint.ts";
import { examplesIn } from "../docs/pages.ts";
import { someLeaves } from "../log/naive.ts";

/* What a verifier is handed by somebody who wants it to throw, or to nod. */
const leaves = someLeaves(7);
const tree = treeOf(leaves);
const inclusion = {
  leafHash: leaves[2]!,
  index: 2n,
  size: 7n,
  proof: tree.inclusion(2n),
  root: tree.root,
};
const consistency = {
  size1: 3n,
  size2: 7n,
  proof: tree.consistency(3n),
  root1: treeOf(leaves.slice(0, 3)).root,
  root2: tree.root,
};
const hash = fc.uint8Array({ minLength: 30, maxLength: 34 });
/** Sizes next to the honest one are left out: trees of 5 to 8 leaves share their first leaves' paths, and merkle.test.ts tries them all. */
const far = (value: unknown) => typeof value !== "bigint" || value < 0n || value > 16n;
const hostile = fc.oneof(
  fc
    .anything({ withBigInt: true, withTypedArray: true, withSparseArray: true, withDate: true })
    .filter(far),
  fc.bigInt().filter(far),
  hash,
  fc.array(fc.oneof(hash, fc.anything()), { maxLength: 70 }),
);

describe("the two Merkle verifiers", () => {
  test("say true of the honest claim, and a plain false of whatever else stands in a field", () => {
    expect([verifyInclusion(inclusion), verifyConsistency(consistency)]).toEqual([true, true]);
    const property = <T extends object>(claim: T, verify: (claim: T) => boolean) =>
      fc.property(fc.constantFrom(...Object.keys(claim)), hostile, (field, value) => {
        expect(verify({ ...claim, [field]: value })).toBe(false);
      });
    fc.assert(property(inclusion, verifyInclusion), { numRuns: 1_000 });
    fc.assert(property(consistency, verifyConsistency), { numRuns: 1_000 });
  });

  test("say false of what is no claim at all", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(verifyInclusion(value as never)).toBe(false);
        expect(verifyConsistency(value as never)).toBe(false);
      }),
    );
  });
});

describe("the file verifiers", () => {
  const receipt = utf8(examplesIn("spec/receipt.md").get("receipt") ?? "");
  const policy = parsePolicy(utf8(examplesIn("spec/receipt.md").get("policy") ?? ""));
  const codes: readonly string[] = proofRefusalCodes;

  test("refuse with a code of the list whatever bytes they get, and never throw", () => {
    const cut = fc.tuple(fc.nat(receipt.length), fc.nat(receipt.length), fc.uint8Array());
    const spliced = cut.map(([a, b, middle]) =>
      Uint8Array.from([...receipt.slice(0, a), ...middle, ...receipt.slice(b)]),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), spliced), (bytes) => {
        const same =
          bytes.length === receipt.length && bytes.every((byte, i) => byte === receipt[i]);
        const answers = [
          verifyReceipt(bytes, policy),
          verifyTlogProof(bytes, policy, leaves[0]!),
          verifyCheckpoint(bytes, policy),
        ];
        for (const answer of same ? answers.slice(1) : answers) {
          expect("refused" in answer && codes.includes(answer.refused)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
