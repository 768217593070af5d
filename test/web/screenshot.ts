import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildReceiptPage } from "../../bin/receipt-page.ts";
import { startChromium } from "../browser/chromium.ts";
import { withPalette } from "./png.ts";
import { policy, receipt, requirements } from "./receipts.ts";

/* `node test/web/screenshot.ts` takes docs/receipt-page.png anew; it needs a chromium on PATH. */
const folder = mkdtempSync(join(tmpdir(), "countersign-screenshot-"));
const file = join(folder, "verify.html");
writeFileSync(file, await buildReceiptPage());
const browser = await startChromium();
try {
  const page = await browser.newPage({ viewport: { width: 760, height: 1180 } });
  await page.goto(pathToFileURL(file).href);
  await page.setInputFiles("#receipt", receipt);
  await page.setInputFiles("#policy", policy);
  await page.setInputFiles("#requirements", requirements);
  await page.locator(".verified").waitFor();
  const picture = fileURLToPath(new URL("../../docs/receipt-page.png", import.meta.url));
  writeFileSync(picture, withPalette(await page.screenshot()));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
