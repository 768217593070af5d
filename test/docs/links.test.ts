import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { docs, pages, readPage } from "./pages.ts";

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (page: string): string[] =>
  [...readPage(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

/** The targets of a page's links to this repository, fenced blocks left out. */
const targetsIn = (text: string): string[] =>
  [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The links of `page` that lead nowhere. */
function brokenIn(page: string, text = readPage(page)): string[] {
  return targetsIn(text).filter((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(docs, file))) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });
}

test.each(pages)("every link of docs/%s leads somewhere", (page) => {
  expect(brokenIn(page)).toEqual([]);
});

test("a link to a page or heading that is not there is found", () => {
  const text = "[a](record.md) [b](recrod.md) [c](audit-bundle.md#findings) [d](record.md#no)";
  expect(brokenIn("spec/README.md", text)).toEqual(["recrod.md", "record.md#no"]);
});

test("the index names every specification", () => {
  const named = targetsIn(readPage("spec/README.md"));
  const specs = pages.filter((page) => page.startsWith("spec/") && page !== "spec/README.md");
  for (const page of specs) expect(named).toContain(page.slice("spec/".length));
});

test("every test that the threat model names is there", () => {
  const named = [...readPage("threat-model.md").matchAll(/`([a-z]+\/[a-z-]+(?:\.slow)?)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => existsSync(join(docs, "../test", dirname(name))));
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter((name) => !existsSync(join(docs, `../test/${name}.test.ts`)));
  expect(missing).toEqual([]);
});
