import { beforeAll, describe, expect } from "@jest/globals";
import { equal } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { emptyRoot, leafHash } from "../../shared/log/hash.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import {
  bundlePath,
  formatTile,
  parseBundlePath,
  parseTilePath,
  tilePath,
} from "../../shared/log/tile.ts";
import { consistencyFromTiles, inclusionFromTiles } from "../../shared/log/tile-reader.ts";
import { verifyConsistency } from "../../shared/proof/consistency.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { readTar, readVectors, testWithVectors, vectorsAreHere } from "./vectors.ts";

/* A whole log that Tessera wrote: a checkpoint, tile and bundle of each size from 1 to 15. */
const vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const key = parseVerifierKey(vkey);
type Files = ReadonlyMap<string, Uint8Array>;
let files: Files;
let heads: readonly Checkpoint[];
beforeAll(() => {
  if (!vectorsAreHere) return;
  files = readTar(readVectors("tessera-log/log.tar.gz"));
  heads = Array.from({ length: 15 }, (_, i) => checkpointIn(files, `checkpoint.${i + 1}`));
});

const bytesOf = (log: Files, path: string): Uint8Array => {
  const bytes = log.get(path);
  if (!bytes) throw new Malformed(path, "is missing");
  return new Uint8Array(bytes);
};

function checkpointIn(log: Files, path: string) {
  const opened = openCheckpoint(bytesOf(log, path), [key]);
  if ("refused" in opened) throw new Malformed(path, opened.refused);
  return opened.checkpoint;
}

/** The leaf hashes of one file of the log as it is named, all of it read. */
function leavesIn(log: Files, path: string): Uint8Array[] {
  const bytes = bytesOf(log, path);
  if (path.startsWith("tile/entries/")) {
    return parseBundle(bytes, parseBundlePath(path).width).map(leafHash);
  }
  const { width } = parseTilePath(path);
  return Array.from({ length: width }, (_, i) => bytes.slice(32 * i, 32 * i + 32));
}

/** What is wrong with one file of `log`, held against the log as it was written; undefined where nothing is. */
async function wrongWith(log: Files, path: string): Promise<string | undefined> {
  const newest = heads[14]!;
  const all = leavesIn(files, bundlePath({ index: 0n, width: 15 }));
  try {
    if (path.startsWith("tile/")) {
      const leaves = leavesIn(log, path);
      const whole =
        path.startsWith("tile/entries/") || equal(formatTile(leaves), bytesOf(log, path));
      const same = leaves.every((leaf, i) => equal(leaf, all[i] ?? emptyRoot));
      return whole && same ? undefined : "other leaves";
    }
    const { size, root } = checkpointIn(log, path);
    if (size === 0n) return equal(root, emptyRoot) ? undefined : "another empty root";
    if (path !== "checkpoint" && path !== `checkpoint.${size}`) return "another size";
    for (const next of [size < newest.size ? size + 1n : size, newest.size]) {
      const later = heads[Number(next) - 1]!;
      const tile = (id: Parameters<typeof tilePath>[0]) => bytesOf(files, tilePath(id));
      const { root1, proof } = await consistencyFromTiles(size, later, tile);
      const claim = { size1: size, size2: next, proof, root1: root, root2: later.root };
      if (!equal(root1, root) || !verifyConsistency(claim)) return `not the beginning of ${next}`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

describe("Tessera's log", () => {
  testWithVectors(
    "is a checkpoint, a tile and a bundle of each size, and verifies whole",
    async () => {
      const sizes = Array.from({ length: 15 }, (_, i) => i + 1);
      const named = (width: number) => [
        `checkpoint.${width}`,
        bundlePath({ index: 0n, width }),
        tilePath({ level: 0, index: 0n, width }),
      ];
      const expected = ["checkpoint", "checkpoint.0", ...sizes.flatMap(named)];
      expect([...files.keys()].sort()).toEqual(expected.sort());
      for (const path of files.keys())
        expect([path, await wrongWith(files, path)]).toEqual([path, undefined]);
    },
  );

  testWithVectors("proves every leaf to every checkpoint, from its own tiles", async () => {
    for (let size = 1; size <= 15; size++) {
      const head = heads[size - 1]!;
      const leaves = leavesIn(files, bundlePath({ index: 0n, width: size }));
      for (const [at, leafHash] of leaves.entries()) {
        const index = BigInt(at);
        const read = await inclusionFromTiles(head, index, (id) => bytesOf(files, tilePath(id)));
        expect(read.leafHash).toEqual(leafHash);
        expect(verifyInclusion({ ...head, index, leafHash, proof: read.proof })).toBe(true);
      }
    }
  });

  testWithVectors("with any byte of any file flipped does not", async () => {
    const passed: string[] = [];
    for (const [path, bytes] of files) {
      for (let at = 0; at < bytes.length; at++) {
        const flipped = new Uint8Array(bytes).with(at, (bytes[at] ?? 0) ^ (1 << (at % 8)));
        const changed = new Map(files).set(path, Buffer.from(flipped));
        if ((await wrongWith(changed, path)) === undefined) passed.push(`${path} at ${at}`);
      }
    }
    expect(passed).toEqual([]);
  });
});
