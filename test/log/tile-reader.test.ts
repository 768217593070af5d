import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { bundlePath, newTiles, type TileId, tilePath } from "../../shared/log/tile.ts";
import {
  consistencyFromTiles,
  type FetchTile,
  inclusionFromTiles,
  rootFromTiles,
} from "../../shared/log/tile-reader.ts";
import { type Tree, treeOf } from "../../shared/log/tree.ts";
import { verifyConsistency } from "../../shared/proof/consistency.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { someLeaves } from "./naive.ts";
import { readTar, readVectors, testWithVectors } from "./vectors.ts";

const leaves = someLeaves(66_100);

/** All tiles of a tree, by path. */
function publish(tree: Tree): Map<string, Uint8Array> {
  const bytesOf = ({ level, index, width }: TileId) =>
    Buffer.concat(
      Array.from({ length: width }, (_, i) => tree.subtree(8 * level, index * 256n + BigInt(i))),
    );
  return new Map(newTiles(0n, tree.size).map((tile) => [tilePath(tile), bytesOf(tile)]));
}

const reader =
  (tiles: Map<string, Uint8Array>): FetchTile =>
  (tile) => {
    const bytes = tiles.get(tilePath(tile));
    if (bytes === undefined) throw new Error(`no ${tilePath(tile)}`);
    return bytes;
  };

describe("reading proofs from tiles", () => {
  test("gives what the whole tree gives, over one to three levels", async () => {
    for (const size of [1, 2, 255, 256, 257, 1000, 65_536, 66_100]) {
      const tree = treeOf(leaves.slice(0, size));
      const fetchTile = reader(publish(tree));
      expect(await rootFromTiles(tree.size, fetchTile)).toEqual(tree.root);
      for (const index of new Set([0, 1, 255, 256, 700, size - 1].filter((i) => i < size))) {
        const read = await inclusionFromTiles(tree, BigInt(index), fetchTile);
        expect(read).toEqual({ leafHash: leaves[index], proof: tree.inclusion(BigInt(index)) });
        const size1 = BigInt(index + 1);
        const { root1, proof } = await consistencyFromTiles(size1, tree, fetchTile);
        expect(proof).toEqual(tree.consistency(size1));
        expect(root1).toEqual(treeOf(leaves.slice(0, index + 1)).root);
      }
    }
  });

  test("asks for each tile once, together, and waits for late answers", async () => {
    const tree = treeOf(leaves);
    const tiles = publish(tree);
    const asked: string[] = [];
    const { proof } = await inclusionFromTiles(tree, 700n, async (tile) => {
      asked.push(tilePath(tile));
      await new Promise((resolve) => setImmediate(resolve));
      return tiles.get(tilePath(tile)) ?? new Uint8Array(0);
    });
    expect(proof).toEqual(tree.inclusion(700n));
    expect(asked.toSorted()).toEqual([
      "tile/0/002",
      "tile/0/258.p/52",
      "tile/1/000",
      "tile/1/001.p/2",
    ]);
  });

  test("from tiles with any hash changed that the proof uses is malformed", async () => {
    const tree = treeOf(leaves.slice(0, 700));
    for (const [path, bytes] of publish(tree)) {
      const bad = publish(tree).set(
        path,
        Buffer.from(bytes).map((byte) => byte ^ 1),
      );
      const index = { "tile/0/000": 3n, "tile/0/001": 300n }[path] ?? 600n;
      await expect(inclusionFromTiles(tree, index, reader(bad))).rejects.toThrow(Malformed);
      const cut = publish(tree).set(path, bytes.slice(1));
      await expect(inclusionFromTiles(tree, index, reader(cut))).rejects.toThrow(Malformed);
    }
    const bad = publish(tree).set("tile/0/002.p/188", Buffer.alloc(188 * 32));
    await expect(consistencyFromTiles(600n, tree, reader(bad))).rejects.toThrow(Malformed);
  });

  test("from the tiles of a rewritten log is malformed under the old root", async () => {
    const tree = treeOf(leaves.slice(0, 700));
    const rewritten = publish(treeOf(leaves.slice(0, 700).with(5, leaves[900]!)));
    for (const index of [0n, 5n, 699n]) {
      await expect(inclusionFromTiles(tree, index, reader(rewritten))).rejects.toThrow(Malformed);
    }
    await expect(consistencyFromTiles(300n, tree, reader(rewritten))).rejects.toThrow(Malformed);
  });

  test("hands on what the source throws", async () => {
    const tree = treeOf(leaves.slice(0, 3));
    await expect(inclusionFromTiles(tree, 0n, reader(new Map()))).rejects.toThrow("no tile/0/000");
  });
});

testWithVectors(
  "another implementation's whole log reads: notes, bundles, tiles, proofs",
  async () => {
    const files = readTar(readVectors("tessera-log/log.tar.gz"));
    const key = parseVerifierKey(
      "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    );
    const file = (path: string) => new Uint8Array(files.get(path) ?? []);
    const heads = Array.from({ length: 15 }, (_, i) => {
      const opened = openCheckpoint(file(`checkpoint.${i + 1}`), [key]);
      if ("refused" in opened) throw new Error(opened.refused);
      return opened.checkpoint;
    });
    const last = heads.at(-1)!;
    for (const head of heads) {
      const bundle = file(bundlePath({ index: 0n, width: Number(head.size) }));
      const hashes = parseBundle(bundle, Number(head.size)).map(leafHash);
      expect(treeOf(hashes).root).toEqual(Buffer.from(head.root));
      const fetchTile: FetchTile = (tile) => file(tilePath(tile));
      expect(await rootFromTiles(head.size, fetchTile)).toEqual(Buffer.from(head.root));
      const { root1, proof } = await consistencyFromTiles(head.size, last, fetchTile);
      const claim = { size1: head.size, size2: last.size, proof, root1, root2: last.root };
      expect(verifyConsistency(claim)).toBe(true);
      const index = head.size - 1n;
      const read = await inclusionFromTiles(last, index, fetchTile);
      expect(read.leafHash).toEqual(new Uint8Array(hashes.at(-1)!));
      expect(verifyInclusion({ ...read, ...last, index })).toBe(true);
    }
  },
);
