import { describe, expect, test } from "@jest/globals";
import { DigestTree } from "../../local/qldb/digest-tree.ts";
import { fromHex, toHex } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { dot } from "../../shared/qldb/dot.ts";
import { append, emptyFrontier, frontierLength, frontierRoot } from "../../shared/qldb/frontier.ts";
import { foldPath, merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import { hash, journal } from "./sample-chain.ts";

const empty = new Uint8Array(0);
const most = 70;

describe("dot", () => {
  test("sorts by signed bytes from the last to the first", () => {
    const ending = (byte: string) => fromHex("00".repeat(31) + byte);
    const [minusOne, zero] = [ending("ff"), ending("00")];
    expect(dot(zero, minusOne)).toEqual(sha256(Uint8Array.from([...minusOne, ...zero])));
    expect(dot(minusOne, zero)).toEqual(dot(zero, minusOne));
  });

  test("leaves a hash alone beside an empty one and takes no other length", () => {
    expect(dot(empty, hash("a"))).toEqual(hash("a"));
    expect(dot(hash("a"), empty)).toEqual(hash("a"));
    expect(dot(empty, empty)).toEqual(empty);
    expect(() => dot(hash("a"), new Uint8Array(31))).toThrow(Malformed);
  });
});

describe("the journal's tree", () => {
  const { blocks } = journal(most);

  test("three ways to build it agree at every size", () => {
    const tree = new DigestTree();
    for (const block of blocks) tree.append(block);
    let frontier = emptyFrontier;
    for (let size = 0; size <= most; size++) {
      const root = toHex(merkleRoot(blocks.slice(0, size)));
      expect(toHex(frontierRoot(frontier))).toBe(root);
      expect(toHex(tree.root(size))).toBe(root);
      expect(frontier.roots).toHaveLength(frontierLength(size));
      const next = blocks[size];
      if (next !== undefined) frontier = append(frontier, next);
    }
  });

  test("a path leads from every block to the root of every later size, and from no other block", () => {
    const tree = new DigestTree();
    for (const block of blocks) tree.append(block);
    for (const size of [1, 2, 3, 5, 8, 13, 33, 64, 70]) {
      const root = tree.root(size);
      for (let index = 0; index < size; index++) {
        const path = tree.path(index, size);
        expect(path).toEqual(merklePath(blocks.slice(0, size), index));
        expect(foldPath(blocks[index]!, path)).toEqual(root);
        expect(foldPath(hash("other"), path)).not.toEqual(root);
      }
    }
  });

  test("a path hash that is empty or short is refused, not skipped", () => {
    expect(() => foldPath(hash("a"), [empty])).toThrow(Malformed);
    expect(() => foldPath(empty, [hash("a")])).toThrow(Malformed);
  });
});
