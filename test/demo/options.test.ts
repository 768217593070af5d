import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { policyFolder } from "../../local/demo/bundle.ts";
import { readDemoOptions } from "../../local/demo/options.ts";

test("--bank is friendly or hostile, with its seed", () => {
  const read = (...argv: string[]) => readDemoOptions(argv, { out: "x", work: "y" });
  expect(read()).toMatchObject({ choice: { bank: "friendly", seed: "1" } });
  expect(read("--bank", "hostile", "--seed", "seven")).toMatchObject({
    choice: { bank: "hostile", seed: "seven" },
  });
  expect(read("--bank", "greedy")).toBe("--bank is friendly or hostile");
});

test.each(["x/", "./x", "x//", "y/../x/."])("--out %s: trust policies lie beside it", (out) => {
  const options = readDemoOptions(["--out", out], { out: "elsewhere", work: "there" });
  if (typeof options === "string") throw new Error(options);
  expect(options.out).toBe(resolve("x"));
  expect(options.work).toBe(resolve("there"));
  expect(policyFolder(options.out)).toBe(`${resolve("x")}.policy`);
});
