import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatBundle, parseBundle } from "../../shared/log/bundle.ts";
import {
  bundlePath,
  formatTile,
  fullWidth,
  newBundles,
  newTiles,
  parseBundlePath,
  parseTile,
  parseTilePath,
  tileHolding,
  tilePath,
} from "../../shared/log/tile.ts";
import { someLeaves } from "./naive.ts";

const index = fc.oneof(fc.bigInt(0n, 2_000_000n), fc.bigInt(0n, 2n ** 63n - 1n));
const width = fc.integer({ min: 1, max: 256 });

describe("a tile's path", () => {
  test("is written as tlog-tiles says", () => {
    const path = (level: number, index: bigint, width = 256) => tilePath({ level, index, width });
    expect(path(0, 0n)).toBe("tile/0/000");
    expect(path(0, 1234067n)).toBe("tile/0/x001/x234/067");
    expect(path(2, 1000n, 1)).toBe("tile/2/x001/000.p/1");
    expect(path(63, 999n, 255)).toBe("tile/63/999.p/255");
    expect(bundlePath({ index: 1234067n, width: 8 })).toBe("tile/entries/x001/x234/067.p/8");
  });

  test("reads back", () => {
    fc.assert(
      fc.property(fc.nat(63), index, width, (level, index, width) => {
        const [tile, bundle] = [
          { level, index, width },
          { index, width },
        ];
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
        expect(parseBundlePath(bundlePath(bundle))).toEqual(bundle);
      }),
    );
  });

  test("in any other spelling is malformed", () => {
    const tails = ["", "0", "00", "0000", "x000/000", "x001", "x001/x002", "001/002", "x001/2"];
    tails.push("000.p", "000.p/", "000.p/0", "000.p/00", "000.p/01", "000.p/256", "000.p/257");
    tails.push("000/", "/000", "000\n", " 000", "000.p/1/", "-01", "../000", "x../000", "000.P/1");
    tails.push("x009/x223/x372/x036/x854/x775/808", "x001/x000/x000/x000/x000/x000/x000/000");
    for (const tail of tails) {
      expect(() => parseTilePath(`tile/0/${tail}`)).toThrow(Malformed);
      expect(() => parseBundlePath(`tile/entries/${tail}`)).toThrow(Malformed);
    }
    for (const path of ["", "tile", "/tile/0/000", "tile/00/000", "tile/64/000", "tile/-1/000"]) {
      expect(() => parseTilePath(path)).toThrow(Malformed);
    }
    expect(() => parseTilePath("tile/entries/000")).toThrow(Malformed);
    expect(() => parseBundlePath("tile/0/000")).toThrow(Malformed);
  });
});

describe("growing a log", () => {
  test("to 70,000 entries writes the tiles of the specification's example", () => {
    const tiles = newTiles(0n, 70_000n);
    const full = (level: number) => tiles.filter((t) => t.level === level && t.width === fullWidth);
    const partial = tiles.filter((tile) => tile.width < fullWidth);
    expect([full(0).length, full(1).length, full(2).length]).toEqual([273, 1, 0]);
    expect(partial.map(tilePath)).toEqual([
      "tile/0/273.p/112",
      "tile/1/001.p/17",
      "tile/2/000.p/1",
    ]);
    expect(newTiles(0n, 256n).map(tilePath)).toEqual(["tile/0/000", "tile/1/000.p/1"]);
  });

  test("by nothing writes nothing, and by one leaf only what changed", () => {
    for (const size of [0n, 1n, 255n, 256n, 70_000n]) expect(newTiles(size, size)).toEqual([]);
    expect(newTiles(255n, 256n).map(tilePath)).toEqual(["tile/0/000", "tile/1/000.p/1"]);
    expect(newTiles(256n, 257n).map(tilePath)).toEqual(["tile/0/001.p/1"]);
    expect(newBundles(255n, 257n).map(bundlePath)).toEqual([
      "tile/entries/000",
      "tile/entries/001.p/1",
    ]);
    expect(() => newTiles(2n, 1n)).toThrow("bug");
  });

  test("in any steps ends with every tile the whole tree needs", () => {
    const steps = fc.array(fc.nat(70_000), { maxLength: 6 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const ordered = [0, ...sizes.sort((a, b) => a - b)].map(BigInt);
        const written = new Set(
          ordered.slice(1).flatMap((size, i) => newTiles(ordered[i] ?? 0n, size).map(tilePath)),
        );
        const last = ordered.at(-1) ?? 0n;
        for (const tile of newTiles(0n, last)) expect(written.has(tilePath(tile))).toBe(true);
        for (let i = 0n; i < last; i += 97n) {
          expect(written.has(tilePath(tileHolding(0, i, last)))).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});

test("a tile's bytes read back at their width only", () => {
  const hashes = someLeaves(256);
  for (const width of [1, 17, 256]) {
    const bytes = formatTile(hashes.slice(0, width));
    expect(bytes.length).toBe(32 * width);
    expect(parseTile(bytes, width).map((hash) => Buffer.from(hash))).toEqual(
      hashes.slice(0, width),
    );
    for (const other of [width - 1, width + 1]) {
      expect(() => parseTile(bytes, other)).toThrow(Malformed);
    }
    expect(() => parseTile(bytes.slice(1), width)).toThrow(Malformed);
  }
  expect(() => formatTile([])).toThrow("bug");
  expect(() => formatTile([...hashes, ...hashes])).toThrow("bug");
});

describe("an entry bundle", () => {
  test("reads back, empty and longest entries included", () => {
    const entries = [new Uint8Array(0), new Uint8Array(65_535).fill(7), Uint8Array.of(1)];
    const bytes = formatBundle(entries);
    expect([...bytes.slice(0, 4)]).toEqual([0, 0, 255, 255]);
    expect(parseBundle(bytes, 3)).toEqual(entries);
    const lists = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(lists, (list) => {
        expect(parseBundle(formatBundle(list), list.length)).toEqual(list);
      }),
      { numRuns: 20 },
    );
  });

  test("cut, lengthened or of another width is malformed", () => {
    const bytes = formatBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => parseBundle(bytes.slice(0, end), 2)).toThrow(Malformed);
    }
    expect(() => parseBundle(Buffer.concat([bytes, bytes]), 2)).toThrow(Malformed);
    for (const width of [0, 1, 3]) expect(() => parseBundle(bytes, width)).toThrow(Malformed);
    expect(() => formatBundle([new Uint8Array(65_536)])).toThrow("bug");
    expect(() => formatBundle([])).toThrow("bug");
  });
});
