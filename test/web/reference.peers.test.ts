import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect } from "@jest/globals";
import { buildReferencePage } from "../../bin/reference-page.ts";
import { routes } from "../../shared/api/routes.ts";
import { testInChromium } from "../browser/in-chromium.ts";
import { pageOnDisk } from "./opened-page.ts";

/* The API reference as a person reads it: one file, opened from disk, in a browser. */
const open = pageOnDisk("reference.html", buildReferencePage);

const unfolded = (all: Element[]) => {
  for (const each of all) (each as HTMLDetailsElement).open = true;
};

describe("the API reference (skipped without chromium)", () => {
  testInChromium(
    "has a section for each row of the table, and every link leads to a place on it",
    async () => {
      const { page, requests, close } = await open();
      const sections = await page
        .locator("section.operation")
        .evaluateAll((all) => all.map(({ id }) => id));
      expect(sections.sort()).toEqual(Object.keys(routes).sort());
      const lost = await page
        .locator('a[href^="#"]')
        .evaluateAll((links) =>
          links
            .map((link) => link.getAttribute("href") ?? "")
            .filter((href) => document.getElementById(href.slice(1)) === null),
        );
      expect(lost).toEqual([]);
      expect(requests()).toEqual([]);
      await close();
    },
  );

  testInChromium("is read by the keyboard: past the list, and into what is folded", async () => {
    const { page, close } = await open();
    await page.bringToFront();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("operations");
    const first = page.locator("main details").first();
    expect(await first.getAttribute("open")).toBeNull();
    await page.locator("main summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await first.getAttribute("open")).toBe("");
    await close();
  });

  testInChromium("is accessible, light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, close } = await open({ colorScheme, reducedMotion: "reduce" });
      await page.locator("details").evaluateAll(unfolded);
      const axe = new AxeBuilder({ page }).setLegacyMode();
      if (colorScheme === "dark") axe.withRules(["color-contrast"]);
      const { violations, passes } = await axe.analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(passes.map(({ id }) => id)).toContain("color-contrast");
      await close();
    }
  });

  testInChromium("fits a phone: 360 px wide and nothing to scroll sideways", async () => {
    const { page, close } = await open({ viewport: { width: 360, height: 740 } });
    await page.locator("details").evaluateAll(unfolded);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await close();
  });
});
