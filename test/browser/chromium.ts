import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The chromium of this machine, or undefined: playwright-core brings none. */
export const chromiumPath: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Starts it without a window. Root has no sandbox to start it in, and only pages of this project are opened. */
export function startChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("no chromium on PATH");
  return chromium.launch({ executablePath: chromiumPath, chromiumSandbox: false });
}
