import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { policyFolder } from "../../local/demo/bundle.ts";
import { readDemoOptions } from "../../local/demo/options.ts";

test.each(["x/", "./x", "x//", "y/../x/."])("--out %s: trust policies lie beside it", (out) => {
  const options = readDemoOptions(["--out", out], "elsewhere");
  if (typeof options === "string") throw new Error(options);
  expect(options.out).toBe(resolve("x"));
  expect(policyFolder(options.out)).toBe(`${resolve("x")}.policy`);
});
