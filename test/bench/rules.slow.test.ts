import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const door = fileURLToPath(new URL("../../bin/door.mjs", import.meta.url));

test("bench rules: decisions beside bare CEL, replay, and the longest decision within what is stated", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [door, "bench", "rules", "--json"],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const figures = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(figures.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
    "rules.decisions per core/s",
    "rules.replay per core/s",
    "rules.heaviest ms",
  ]);
  for (const { value, limit } of figures) expect(Math.min(value, limit)).toBeGreaterThan(0);
  const [decisions, , heaviest] = figures;
  // The aim is 0.8, and a quiet machine measures about 1: below this there is something new in every decision, however busy the machine.
  expect(decisions.ratio).toBeGreaterThan(0.5);
  expect(heaviest.value).toBeLessThan(heaviest.limit);
});
