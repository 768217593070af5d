import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { drawSample } from "../../shared/audit/sample.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";

const at = (size: number, root = size): Checkpoint => ({
  origin: "log.example/acme",
  size: BigInt(size),
  root: new Uint8Array(32).fill(root),
  extensions: [],
});

/** The steps of docs/auditing.md, written a second time. */
function bySteps(text: string, population: number, count: number): number[] {
  const hash = (...parts: (string | Buffer)[]) =>
    createHash("sha256")
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest();
  const key = hash(`countersign-sample/v1\n${text}`);
  const left = [...Array(population).keys()];
  const chosen: number[] = [];
  for (let counter = 0n; chosen.length < Math.min(count, population); counter++) {
    const counted = Buffer.alloc(8);
    counted.writeBigUInt64BE(counter);
    const number = hash(key, counted).readBigUInt64BE(0);
    const n = BigInt(left.length);
    if (number >= 2n ** 64n - (2n ** 64n % n)) continue;
    const place = Number(number % n);
    chosen.push(left[place] as number);
    left[place] = left[0] as number;
    left.shift();
  }
  return chosen.sort((a, b) => a - b);
}

describe("a sample that the insurer could not choose", () => {
  test("is what the documented steps give", () => {
    const root = Buffer.alloc(32, 9).toString("base64");
    const text = `log.example/acme\n9\n${root}\nmine`;
    for (const [population, count] of [
      [1000, 25],
      [7, 7],
      [3, 9],
      [1, 1],
      [0, 4],
    ] as const) {
      expect(drawSample(at(9), "mine", population, count)).toEqual(
        bySteps(text, population, count),
      );
    }
  });

  test("follows from the checkpoint alone: the same again, another for another root, size or salt", () => {
    const first = drawSample(at(100), "", 1000, 20);
    expect(drawSample(at(100), "", 1000, 20)).toEqual(first);
    for (const [seed, salt] of [
      [at(100, 7), ""],
      [at(101, 100), ""],
      [at(100), "my own words"],
    ] as const) {
      expect(drawSample(seed, salt, 1000, 20)).not.toEqual(first);
    }
  });

  test("holds every decision equally often", () => {
    const counts = new Array<number>(10).fill(0);
    for (let size = 1; size <= 2000; size++) {
      for (const number of drawSample(at(size, size % 256), "", 10, 3)) {
        counts[number] = (counts[number] ?? 0) + 1;
      }
    }
    // 600 each; one in a million runs of a fair draw would leave this band (5 standard deviations).
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(103);
  });
});
