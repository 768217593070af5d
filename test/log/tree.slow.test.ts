import { describe, expect, test } from "@jest/globals";
import { fromBase64, fromHex, utf8 } from "../../shared/base/bytes.ts";
import {
  append,
  emptyFrontier,
  type Frontier,
  formatFrontier,
  parseFrontier,
  rootOf,
} from "../../shared/log/frontier.ts";
import { emptyRoot, leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { naivePath, naiveRoot, naiveSubproof, someLeaves } from "./naive.ts";

const frontierOf = (leaves: readonly Uint8Array[]): Frontier =>
  leaves.reduce(append, emptyFrontier);

// The eight leaves and roots of the Certificate Transparency reference tests.
const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];
entries.push("606162636465666768696a6b6c6d6e6f");

describe("the tree", () => {
  test("has the published roots of the eight reference leaves", () => {
    const leaves = entries.map((entry) => leafHash(fromHex(entry)));
    expect(treeOf(leaves).root).toEqual(fromBase64("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="));
    expect(treeOf(leaves.slice(0, 1)).root).toEqual(
      fromBase64("bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="),
    );
    expect(emptyRoot).toEqual(fromBase64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  });

  test("hashes an entry to another value than the node of the same bytes", () => {
    const [left, right] = someLeaves(2) as [Uint8Array, Uint8Array];
    expect(leafHash(Buffer.concat([left, right]))).not.toEqual(treeOf([left, right]).root);
    expect(leafHash(utf8("a"))).not.toEqual(leafHash(utf8("b")));
  });

  test("of every size to 50 agrees with RFC 6962 read literally: root, frontier, every leaf, every pair", () => {
    const leaves = someLeaves(50);
    let frontier = emptyFrontier;
    for (let size = 0; size <= leaves.length; size++) {
      const first = leaves.slice(0, size);
      const tree = treeOf(first);
      expect(tree.root).toEqual(naiveRoot(first));
      expect(rootOf(frontier)).toEqual(tree.root);
      expect(tree.rootAt(BigInt(size))).toEqual(tree.root);
      expect(() => tree.rootAt(BigInt(size + 1))).toThrow("bug");
      for (let index = 0; index < size; index++) {
        expect(tree.inclusion(BigInt(index))).toEqual(naivePath(index, first));
        expect(tree.consistency(BigInt(index + 1))).toEqual(naiveSubproof(index + 1, first));
        expect(tree.rootAt(BigInt(index))).toEqual(naiveRoot(first.slice(0, index)));
      }
      if (size < leaves.length) frontier = append(frontier, leaves[size]!);
    }
  });

  test("tells the root of every complete subtree", () => {
    const leaves = someLeaves(70);
    const tree = treeOf(leaves);
    expect(tree.subtree(3, 2n)).toEqual(naiveRoot(leaves.slice(16, 24)));
    expect(tree.subtree(6, 0n)).toEqual(naiveRoot(leaves.slice(0, 64)));
    expect(() => tree.subtree(6, 1n)).toThrow("bug");
  });

  test("refuses leaves and places that can't be", () => {
    expect(() => treeOf([new Uint8Array(31)])).toThrow("bug");
    const tree = treeOf(someLeaves(5));
    for (const index of [-1n, 5n]) expect(() => tree.inclusion(index)).toThrow("bug");
    for (const size1 of [-1n, 0n, 6n]) expect(() => tree.consistency(size1)).toThrow("bug");
  });
});

describe("the frontier", () => {
  test("comes back from its bytes and goes on growing the same tree", () => {
    const leaves = someLeaves(300);
    for (const size of [0, 1, 2, 3, 127, 128, 255]) {
      const written = frontierOf(leaves.slice(0, size));
      const read = parseFrontier(BigInt(size), formatFrontier(written));
      expect(read).toEqual(written);
      expect(rootOf(leaves.slice(size).reduce(append, read))).toEqual(naiveRoot(leaves));
    }
  });

  test("of another size than its bytes hold is malformed", () => {
    const bytes = formatFrontier(frontierOf(someLeaves(7)));
    expect(bytes.length).toBe(96);
    for (const size of [0n, 6n, 8n, 15n, -1n]) {
      expect(() => parseFrontier(size, bytes)).toThrow("frontier");
    }
    expect(() => parseFrontier(7n, bytes.slice(1))).toThrow("frontier");
  });

  test("appending leaves the older frontier as it was", () => {
    const [first, second] = someLeaves(2) as [Uint8Array, Uint8Array];
    const one = append(emptyFrontier, first);
    append(one, second);
    expect(rootOf(one)).toEqual(first);
    expect(emptyFrontier).toEqual({ size: 0n, hashes: [] });
    expect(() => append(one, second.slice(1))).toThrow("bug");
  });
});
