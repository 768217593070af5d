import { describe, expect, test } from "@jest/globals";
import { DigestTree } from "../../local/qldb/digest-tree.ts";
import { fromHex, toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { blockHash } from "../../shared/qldb/block.ts";
import { dot } from "../../shared/qldb/dot.ts";
import { extendsJournal, extensionEvidence } from "../../shared/qldb/extension.ts";
import { append, emptyFrontier, frontierLength, frontierRoot } from "../../shared/qldb/frontier.ts";
import { foldPath, merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";

const hash = (text: string) => sha256(utf8(text));
const empty = new Uint8Array(0);
const most = 70;

/** A journal's entries and block hashes, each block linked to the one before. */
function journal(size: number, seed = ""): { entries: Uint8Array[]; blocks: Uint8Array[] } {
  const entries = Array.from({ length: size }, (_, i) => hash(`${seed}${i}`));
  const blocks: Uint8Array[] = [];
  for (const entry of entries) blocks.push(blockHash(entry, blocks.at(-1) ?? empty));
  return { entries, blocks };
}

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

describe("evidence that a journal grew", () => {
  const { entries, blocks } = journal(most);
  const digest = (size: number) => ({
    size: BigInt(size),
    root: merkleRoot(blocks.slice(0, size)),
  });
  const evidence = (from: number, to: number) =>
    extensionEvidence(
      merklePath(blocks.slice(0, from), from - 1),
      blocks[from - 1]!,
      entries.slice(from, to),
    );

  test("holds between any two sizes", () => {
    for (let from = 1; from <= 40; from++) {
      for (let to = from; to <= 40; to += 3) {
        expect(extendsJournal(digest(from), digest(to), evidence(from, to))).toBe(true);
      }
    }
  });

  test("does not hold for a journal that is another one before, at or after the old tip", () => {
    for (const [from, to] of [
      [1, 2],
      [7, 12],
      [8, 9],
      [31, 40],
    ] as const) {
      const shown = evidence(from, to);
      shown.forEach((one, i) => {
        const changed = shown.with(i, sha256(one));
        expect(extendsJournal(digest(from), digest(to), changed)).toBe(false);
      });
      const fork = journal(to, "fork");
      const forked = { size: BigInt(to), root: merkleRoot(fork.blocks) };
      const theirs = extensionEvidence(
        merklePath(fork.blocks.slice(0, from), from - 1),
        fork.blocks[from - 1]!,
        fork.entries.slice(from),
      );
      expect(extendsJournal(digest(from), forked, theirs)).toBe(false);
      expect(extendsJournal(digest(from), forked, shown)).toBe(false);
    }
  });

  test("does not hold for blocks left out, exchanged, shrunk, or hidden behind an empty hash", () => {
    const shown = evidence(5, 9);
    expect(extendsJournal(digest(5), digest(9), shown.toSpliced(-2, 1))).toBe(false);
    expect(extendsJournal(digest(5), digest(8), shown)).toBe(false);
    const swapped = shown.with(-1, shown.at(-2)!).with(-2, shown.at(-1)!);
    expect(extendsJournal(digest(5), digest(9), swapped)).toBe(false);
    expect(extendsJournal(digest(9), digest(5), [])).toBe(false);
    expect(extendsJournal({ size: 0n, root: empty }, digest(5), entries.slice(0, 5))).toBe(false);
    const stale = { size: 6n, root: digest(5).root };
    expect(extendsJournal(digest(5), stale, [...evidence(5, 5), empty])).toBe(false);
  });
});
