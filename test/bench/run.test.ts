import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { type Figure, jsonOf, lineOf } from "../../bench/figure.ts";

const door = fileURLToPath(new URL("../../bin/door.mjs", import.meta.url));
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [door, "bench", ...args], { encoding: "utf8" });

test.each([["no-such-bench"], ["hash", "hash"], ["--jsn"]])(
  "%s … is refused with the names there are",
  (...args) => {
    const { status, stdout, stderr } = bench(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^The benches: (\w+, )*hash\b/m);
  },
);

test("each figure is one JSON object on one line", () => {
  const { status, stdout } = bench("hash", "--json");
  expect(status).toBe(0);
  const figures = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(figures.length).toBeGreaterThan(1);
  for (const figure of figures) {
    expect(Object.keys(figure)).toEqual(["name", "value", "unit", "limitName", "limit", "ratio"]);
    expect(figure.ratio).toBeCloseTo(figure.value / figure.limit, 3);
  }
});

test("the lines of figures align", () => {
  const figure: Figure = { name: "a", value: 12_345.6, unit: "claims/s", limitName: "b", limit: 3 };
  const lines = [figure, { ...figure, name: "longer", value: 0.25, limit: 98_765_432 }].map(lineOf);
  expect(lines.map((line) => line.length)).toEqual([lines[0]?.length, lines[0]?.length]);
  expect(lines[0]).toMatch(/^a +12,346 claims\/s +4,115 of +3 {2}b$/);
  expect(jsonOf({ ...figure, value: 1, limit: 4 })).toMatch(/"ratio":0\.25}$/);
});
