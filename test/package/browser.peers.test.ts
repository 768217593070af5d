import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect } from "@jest/globals";
import { build } from "esbuild";
import { startChromium } from "../browser/chromium.ts";
import { testInChromium } from "../browser/in-chromium.ts";
import { installPackage } from "./installed.ts";

const endings: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

/** What the page runs: the installed package alone, with the receipt and policy put in by the test. */
const program = `
import { parsePolicy, parseRequirements } from "countersign/log";
import { verifyReceipt } from "countersign/proof";
globalThis.judge = (receipt, policy, requirements) => {
  const bytes = (text) => new TextEncoder().encode(text);
  const trust = [parsePolicy(bytes(policy)), parseRequirements(bytes(requirements))];
  const verified = verifyReceipt(bytes(receipt), ...trust);
  return "refused" in verified ? verified.refused : verified.record.type;
};
`;

describe("the library package in a browser (skipped without chromium)", () => {
  testInChromium("verifies a receipt, and refuses it with one digit changed", async () => {
    const installed = await installPackage();
    endings.push(() => rmSync(dirname(installed), { recursive: true, force: true }));
    const { outputFiles, metafile } = await build({
      stdin: { contents: program, resolveDir: installed },
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      format: "iife",
    });
    expect(Object.keys(metafile.inputs)).not.toContain("node:crypto");
    const browser = await startChromium();
    endings.push(() => browser.close());
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    const read = (name: string) => readFileSync(join(installed, name), "utf8");
    const [receipt, policy, requirements] = ["claim.tlog-proof", "acme.policy", "acme.require"].map(
      read,
    );
    const judge = (text: string) =>
      page.evaluate<string>(
        `judge(${JSON.stringify(text)}, ${JSON.stringify(policy)}, ${JSON.stringify(requirements)})`,
      );
    expect(await judge(receipt ?? "")).toBe("claim.decided");
    expect(await judge((receipt ?? "").replace("index 7", "index 6"))).toBe("not-included");
    process.stdout.write(
      `countersign's package verified a receipt in Chromium ${browser.version()}\n`,
    );
  });
});
