import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const house = fileURLToPath(new URL("../..", import.meta.url));

test("the story holds when built bundles answer, as they are deployed", () => {
  const jest = ["bin/door.mjs", "jest", "--selectProjects", "fast", "--json"];
  const { stdout } = spawnSync(process.execPath, [...jest, "--", "test/story.test.ts"], {
    cwd: house,
    env: { ...process.env, STORY: "bundles" },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const told = JSON.parse(stdout) as { numPassedTests: number; numTotalTests: number };
  expect(told.numTotalTests).toBeGreaterThan(5);
  expect(told.numPassedTests).toBe(told.numTotalTests);
});
