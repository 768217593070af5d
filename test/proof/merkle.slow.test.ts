import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { equal } from "../../shared/base/bytes.ts";
import { treeOf } from "../../shared/log/tree.ts";
import {
  type ConsistencyClaim,
  proveConsistency,
  verifyConsistency,
} from "../../shared/proof/consistency.ts";
import {
  type InclusionClaim,
  proveInclusion,
  verifyInclusion,
} from "../../shared/proof/inclusion.ts";
import { someLeaves } from "../log/naive.ts";
import { readVectors, testWithVectors } from "../log/vectors.ts";

const leaves = someLeaves(300);
const bytes = (base64: string | null): Uint8Array => Buffer.from(base64 ?? "", "base64");
const hashes = (list: string[] | null): Uint8Array[] => (list ?? []).map(bytes);

function inclusionClaim(index: number, size: number): InclusionClaim {
  const tree = treeOf(leaves.slice(0, size));
  const proof = tree.inclusion(BigInt(index));
  return {
    leafHash: leaves[index]!,
    index: BigInt(index),
    size: tree.size,
    proof,
    root: tree.root,
  };
}

function consistencyClaim(size1: number, size2: number): ConsistencyClaim {
  const tree = treeOf(leaves.slice(0, size2));
  const root1 = treeOf(leaves.slice(0, size1)).root;
  const proof = tree.consistency(BigInt(size1));
  return { size1: BigInt(size1), size2: tree.size, proof, root1, root2: tree.root };
}

/** Every list of hashes that differs from `proof` by one step: a bit, a hash more, less, moved or cut short. */
function mutations(proof: readonly Uint8Array[], bit: number): Uint8Array[][] {
  const flipped = (hash: Uint8Array) =>
    hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  const changed = proof.flatMap((hash, i) => [
    proof.with(i, flipped(hash)),
    proof.with(i, hash.slice(1)),
    proof.with(i, Buffer.concat([hash, hash])),
    proof.toSpliced(i, 1),
    proof.toSpliced(i, 0, hash),
  ]);
  const swapped = proof.slice(1).map((hash, i) => proof.with(i, hash).with(i + 1, proof[i]!));
  return [...changed, ...swapped, [...proof, leaves[0]!], [leaves[0]!, ...proof]];
}

describe("an inclusion proof", () => {
  testWithVectors("is judged as the published vectors say", () => {
    const vectors = JSON.parse(readVectors("merkle/inclusion.json").toString());
    expect(vectors.length).toBeGreaterThan(50);
    for (const v of vectors) {
      const claim = {
        leafHash: bytes(v.leafHash),
        index: BigInt(v.leafIdx),
        size: BigInt(v.treeSize),
        proof: hashes(v.proof),
        root: bytes(v.root),
      };
      expect([v.desc, v, verifyInclusion(claim)]).toEqual([v.desc, v, !v.wantErr]);
    }
  });

  test("holds for every leaf of every tree to 40 leaves, at that place only", () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const claim = inclusionClaim(index, size);
        expect(verifyInclusion(claim)).toBe(true);
        for (let other = 0; other <= size; other++) {
          expect(verifyInclusion({ ...claim, index: BigInt(other) })).toBe(other === index);
        }
      }
    }
  });

  test("holds for every leaf of every tree to 130, and for no other leaf there", () => {
    for (let size = 1; size <= 130; size++) {
      const tree = treeOf(leaves.slice(0, size));
      const held = { size: tree.size, root: tree.root };
      for (let at = 0; at < size; at++) {
        const index = BigInt(at);
        const proof = tree.inclusion(index);
        const claim = { ...held, index, proof, leafHash: leaves[at]! };
        const other = { ...claim, leafHash: leaves[(at + 1) % 300]! };
        if (!verifyInclusion(claim) || verifyInclusion(other)) throw new Error(`${at} of ${size}`);
      }
    }
  });

  test("with anything changed does not hold", () => {
    const place = fc
      .tuple(fc.nat(299), fc.nat(299))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1]);
    fc.assert(
      fc.property(place, fc.nat(255), ([index = 0, size = 1], bit) => {
        const claim = inclusionClaim(index, size);
        const [wrong = []] = mutations([claim.root], bit);
        const [other = []] = mutations([claim.leafHash], bit);
        return (
          verifyInclusion(claim) &&
          mutations(claim.proof, bit).every(
            (proof) => equalLists(proof, claim.proof) || !verifyInclusion({ ...claim, proof }),
          ) &&
          !verifyInclusion({ ...claim, root: wrong[0]! }) &&
          !verifyInclusion({ ...claim, leafHash: other[0]! })
        );
      }),
      { numRuns: 60 },
    );
  });

  test("in a tree near the largest has 63 hashes and counts them", () => {
    const proof = Array.from({ length: 63 }, () => leaves[0]!);
    const claim = { leafHash: leaves[1]!, index: 5n, size: 2n ** 63n, proof, root: leaves[2]! };
    expect(verifyInclusion(claim)).toBe(false);
    expect(verifyInclusion({ ...claim, proof: Array(70).fill(leaves[0]!) })).toBe(false);
  });
});

describe("a consistency proof", () => {
  testWithVectors("is judged as the published vectors say", () => {
    const vectors = JSON.parse(readVectors("merkle/consistency.json").toString());
    expect(vectors.length).toBeGreaterThan(40);
    for (const v of vectors) {
      const claim = {
        size1: BigInt(v.size1),
        size2: BigInt(v.size2),
        proof: hashes(v.proof),
        root1: bytes(v.root1),
        root2: bytes(v.root2),
      };
      expect([v.desc, v, verifyConsistency(claim)]).toEqual([v.desc, v, !v.wantErr]);
    }
  });

  test("holds between every two trees to 40 leaves, and for these sizes only", () => {
    for (let size2 = 1; size2 <= 40; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const claim = consistencyClaim(size1, size2);
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, size1: claim.size1 - 1n })).toBe(false);
        const longer = [...claim.proof, claim.root2];
        expect(verifyConsistency({ ...claim, proof: longer })).toBe(false);
        expect(verifyConsistency({ ...claim, size1: claim.size2 + 1n })).toBe(false);
      }
    }
  });

  test("holds between every pair of trees to 130, and to no other root", () => {
    const trees = Array.from({ length: 131 }, (_, size) => treeOf(leaves.slice(0, size)));
    for (const { size: size2, root: root2, consistency } of trees.slice(1)) {
      for (const { size: size1, root: root1 } of trees.slice(1, Number(size2) + 1)) {
        const claim = { size1, size2, proof: consistency(size1), root1, root2 };
        const forked = { ...claim, root1: leaves[0]!, root2: size1 === 1n ? leaves[1]! : root2 };
        if (!verifyConsistency(claim) || verifyConsistency(forked)) {
          throw new Error(`${size1} to ${size2}`);
        }
      }
    }
  });

  test("with anything changed does not hold", () => {
    const sizes = fc
      .tuple(fc.nat(298), fc.nat(299))
      .map(([a, b]) => [Math.min(a, b) + 1, Math.max(a, b) + 1]);
    fc.assert(
      fc.property(sizes, fc.nat(255), ([size1 = 1, size2 = 1], bit) => {
        const claim = consistencyClaim(size1, size2);
        const [wrong1 = []] = mutations([claim.root1], bit);
        const [wrong2 = []] = mutations([claim.root2], bit);
        return (
          verifyConsistency(claim) &&
          mutations(claim.proof, bit).every(
            (proof) => equalLists(proof, claim.proof) || !verifyConsistency({ ...claim, proof }),
          ) &&
          !verifyConsistency({ ...claim, root1: wrong1[0]! }) &&
          !verifyConsistency({ ...claim, root2: wrong2[0]! }) &&
          (size1 === size2 ||
            !verifyConsistency({ ...claim, root1: claim.root2, root2: claim.root1 }))
        );
      }),
      { numRuns: 60 },
    );
  });

  test("does not join a rewritten log to the old one", () => {
    const rewritten = leaves.slice(0, 100).with(10, leaves[299]!);
    const claim = {
      size1: 60n,
      size2: 100n,
      proof: proveConsistency(rewritten, 60n),
      root1: treeOf(leaves.slice(0, 60)).root,
      root2: treeOf(rewritten).root,
    };
    expect(verifyConsistency(claim)).toBe(false);
    expect(verifyConsistency({ ...claim, root1: treeOf(rewritten.slice(0, 60)).root })).toBe(true);
  });
});

test("claims of no sense are false and never throw", () => {
  const inclusion = inclusionClaim(2, 7);
  const consistency = consistencyClaim(3, 7);
  const nonsense = [
    null,
    undefined,
    3,
    -1n,
    2n ** 70n,
    "",
    "3",
    {},
    [],
    [1],
    [null],
    [[]],
    NaN,
    true,
  ];
  nonsense.push(new Uint8Array(31), Array(3), { length: 3 }, Array(1e6).fill(leaves[0]));
  for (const value of nonsense) {
    for (const field of ["leafHash", "index", "size", "proof", "root"]) {
      expect(verifyInclusion({ ...inclusion, [field]: value })).toBe(false);
    }
    for (const field of ["size1", "size2", "proof", "root1", "root2"]) {
      expect(verifyConsistency({ ...consistency, [field]: value })).toBe(false);
    }
    expect(verifyInclusion(value as never)).toBe(false);
    expect(verifyConsistency(value as never)).toBe(false);
  }
  expect(proveInclusion(leaves.slice(0, 7), 2n)).toEqual(inclusion.proof);
});

const equalLists = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((hash, i) => equal(hash, b[i]!));
