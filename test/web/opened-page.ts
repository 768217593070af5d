import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll } from "@jest/globals";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { startChromium } from "../browser/chromium.ts";

/** A page as a person opens it: one HTML file, from disk, in a browser that is started for the first test that asks. */
export function pageOnDisk(name: string, build: () => Promise<string>) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-page-"));
  const file = join(folder, name);
  const address = pathToFileURL(file).href;
  let started: Promise<Browser> | undefined;
  afterAll(async () => {
    await (await started)?.close();
    rmSync(folder, { recursive: true });
  });

  async function startOnce(): Promise<Browser> {
    writeFileSync(file, await build());
    return startChromium();
  }

  /** The page, freshly opened, and every request it made besides itself and what lies in it. */
  async function open(options: BrowserContextOptions = {}) {
    started ??= startOnce();
    const context = await (await started).newContext(options);
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(address);
    const requests = () => asked.filter((url) => url !== address && !url.startsWith("data:"));
    return { page, requests, close: () => context.close() };
  }
  return open;
}
