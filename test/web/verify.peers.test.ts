import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect } from "@jest/globals";
import type { Page } from "playwright-core";
import { buildReceiptPage } from "../../bin/receipt-page.ts";
import { testInChromium } from "../browser/in-chromium.ts";
import { pageOnDisk } from "./opened-page.ts";
import {
  consistency,
  fileOf,
  flipped,
  later,
  noQuorum,
  otherPolicy,
  policy,
  receipt,
  requirements,
  type TestFile,
  unwitnessed,
  withoutMlDsa,
} from "./receipts.ts";

/* The receipt page as a person uses it: one file, opened from disk, in a browser. */
const open = pageOnDisk("verify.html", buildReceiptPage);

/** Lets the files fall on the page as a browser does. */
async function drop(page: Page, ...files: readonly TestFile[]): Promise<void> {
  const given = files.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") }));
  const dataTransfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, given);
  await page.dispatchEvent("main", "drop", { dataTransfer });
  await page.locator('#answer[aria-busy="false"]').waitFor({ state: "attached" });
}

const wordOf = (page: Page) => page.locator(".word").textContent();
const sentenceOf = (page: Page) => page.locator(".sentence").textContent();
const marksOf = (page: Page) => page.locator(".mark").allInnerTexts();

/** What the page says of `files`, dropped together. */
async function said(...files: readonly TestFile[]) {
  const { page, close } = await open();
  await drop(page, ...files);
  const answer = {
    word: await wordOf(page),
    sentence: await sentenceOf(page),
    tone: await page.locator(".banner").getAttribute("class"),
    remarks: await page.locator(".remark").allInnerTexts(),
    marks: (await marksOf(page)).join(""),
  };
  await close();
  return answer;
}

const place = "claim.decided is entry 7 of 9 in claims.example/acme.";

describe("the receipt page (skipped without chromium)", () => {
  testInChromium(
    "is green for a receipt its policy believes, and says whose word the time is",
    async () => {
      const { remarks, ...green } = await said(receipt, policy, requirements);
      const tone = "banner verified";
      expect(green).toEqual({ word: "Verified", sentence: place, tone, marks: "✓✓✓✓✓✓✓" });
      expect(remarks.join()).toContain(
        "witnessed by witness.example/notary at 2023-11-14 22:13:20 UTC",
      );
      expect(remarks.join()).toContain("Not shown: that its content is true");
      const compared = await said(receipt, policy, later, consistency);
      expect(compared).toMatchObject({ word: "Verified", marks: "✓✓✓✓✓✓✓✓" });
      const alone = await said(unwitnessed, noQuorum);
      expect(alone.word).toBe("Verified");
      expect(alone.remarks.join()).toContain("the time is the insurer's word, no witness's");
    },
  );

  testInChromium("is red, and names why in one sentence", async () => {
    const text = receipt.buffer.toString();
    const inProof = fileOf(receipt.name, text.replace("index 7", "index 6"));
    const cases = [
      [[inProof, policy], /^The record is not in the signed tree/],
      [[withoutMlDsa, policy, requirements], /^A signature that you require is missing/],
      [[receipt, otherPolicy], /^No log that your trust policy names signed/],
      [[flipped(receipt, 0), policy], /^This is not a whole receipt/],
    ] as const;
    for (const [files, why] of cases) {
      const red = await said(...files);
      expect(red).toMatchObject({ word: "Refused", tone: "banner refused" });
      expect(red.sentence).toMatch(why);
      expect(red.marks).toMatch(/^✓*✕–*$/);
    }
  });

  testInChromium(
    "is amber without a trust policy, whatever the receipt is signed with, and red if it does not even hold together",
    async () => {
      const amber = await said(receipt);
      expect(amber).toMatchObject({
        word: "Unanchored",
        tone: "banner unanchored",
        marks: "✓✓–––✓✓",
      });
      expect(amber.sentence).toContain("anyone can make such a file");
      const moved = fileOf(receipt.name, receipt.buffer.toString().replace("index 7", "index 6"));
      expect(await said(moved)).toMatchObject({ word: "Refused", marks: "✓✓–––✕–" });
    },
  );

  testInChromium(
    "works with the keyboard alone, says what a file is not, and starts again",
    async () => {
      const { page, close } = await open();
      const focused = () => page.evaluate(() => document.activeElement?.id);
      const chosen: Promise<void>[] = [];
      const files = [receipt, policy, requirements];
      page.on("filechooser", (chooser) => {
        chosen.push(chooser.setFiles(files[chosen.length] ?? []));
      });
      await page.bringToFront();
      const choose = async (slot: string, sign: string) => {
        await page.keyboard.press("Tab");
        expect(await focused()).toBe(slot);
        await page.keyboard.press("Enter");
        await page.locator(sign).waitFor({ timeout: 10_000 });
      };
      await choose("receipt", ".unanchored");
      await choose("policy", ".verified");
      await choose("requirements", "#requirements-slot.filled");
      await Promise.all(chosen);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("Consistency proof").waitFor();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      const first = page.locator(".steps details").first();
      expect(await first.getAttribute("open")).toBeNull();
      await page.keyboard.press("Enter");
      expect(await first.getAttribute("open")).toBe("");
      expect(await first.locator("dd").first().textContent()).toMatch(/^[0-9a-f]{64}$/);
      await drop(page, fileOf("cat.jpg", "no such thing"));
      await page.getByText("cat.jpg is neither a receipt nor a trust policy.").waitFor();
      expect(await wordOf(page)).toBe("Verified");
      await page.getByRole("button", { name: "Start again" }).press("Enter");
      expect(await page.locator(".banner").count()).toBe(0);
      expect(await focused()).toBe("receipt");
      await close();
    },
  );

  testInChromium("lays the opened fields out as a table", async () => {
    const { page, close } = await open();
    await drop(page, receipt, policy);
    const rows = await page.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\t"))).toEqual([
      ["award", "100000.00 CNY"],
      ["outcome", "PAY"],
    ]);
    await close();
  });

  testInChromium("is accessible, light and dark, in each of its states", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, close } = await open({ colorScheme, reducedMotion: "reduce" });
      for (const files of [[], [receipt], [policy, requirements], [later, withoutMlDsa]]) {
        await drop(page, ...files);
        await page.locator("details").evaluateAll((all) => {
          for (const each of all) (each as HTMLDetailsElement).open = true;
        });
        // The page has no frames, so axe needs no page of its own to collect their results in.
        const axe = new AxeBuilder({ page }).setLegacyMode();
        if (colorScheme === "dark") axe.withRules(["color-contrast"]);
        const { violations, passes } = await axe.analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(passes.map(({ id }) => id)).toContain("color-contrast");
      }
      await close();
    }
  });

  testInChromium(
    "fits a phone: 360 px wide and nothing to scroll sideways, every step unfolded",
    async () => {
      const { page, close } = await open({ viewport: { width: 360, height: 740 } });
      await drop(page, receipt, policy, requirements, later, consistency);
      await page.locator("details").evaluateAll((all) => {
        for (const each of all) (each as HTMLDetailsElement).open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await close();
    },
  );

  testInChromium("sends nothing, and could not", async () => {
    const { page, requests, close } = await open();
    await drop(page, receipt, policy, requirements);
    await page.locator(".verified").waitFor();
    expect(requests()).toEqual([]);
    const tried = await page.evaluate(async () => {
      const violated: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        violated.push(event.effectiveDirective);
      });
      const fetched = await fetch("https://example.org/").then(
        () => "sent",
        () => "not sent",
      );
      const image = new Image();
      image.src = "https://example.org/pixel.png";
      // More would come with the second one.
      while (violated.length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
      return { fetched, violated };
    });
    expect(tried).toEqual({ fetched: "not sent", violated: ["connect-src", "img-src"] });
    await close();
  });
});
