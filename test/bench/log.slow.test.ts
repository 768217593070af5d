import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const door = fileURLToPath(new URL("../../bin/door.mjs", import.meta.url));

test("bench log: sequencing, proofs and verifying, each beside its limit of the same run", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [door, "bench", "log", "--json"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const figures = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(figures.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
    "log.sequencing entries/s",
    "log.proofs proofs/s",
    "log.verify entries/s",
    "log.verify beside streaming entries/s",
  ]);
  expect(figures[0].limitName).toMatch(/bare pg INSERT, batches of 1000.*15,000 for orientation/);
  for (const { value, limit } of figures) {
    expect(Math.min(value, limit)).toBeGreaterThan(0);
  }
});
