import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the pages lie. */
export const docs = fileURLToPath(new URL("../../docs/", import.meta.url));

/** Every page below docs/, by path. */
export const pages: readonly string[] = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md"))
  .map((path) => path.replaceAll("\\", "/"))
  .sort();

export const readPage = (page: string): string => readFileSync(join(docs, page), "utf8");

export const writePage = (page: string, text: string): void =>
  writeFileSync(join(docs, page), text);

/** The fenced block that follows `<!-- example: NAME -->`. */
const blockPattern = /(<!-- example: ([a-z-]+) -->\n```[a-z]*\n)([\s\S]*?)```/g;

/** The named examples of a page, as they stand in it. */
export const examplesIn = (page: string): Map<string, string> =>
  new Map(
    [...readPage(page).matchAll(blockPattern)].map(([, , name = "", text = ""]) => [name, text]),
  );

/** Puts `texts` into the named examples of a page; gives the names it found no text for. */
export function writeExamples(page: string, texts: ReadonlyMap<string, string>): string[] {
  const unknown: string[] = [];
  const written = readPage(page).replaceAll(
    blockPattern,
    (block, opening: string, name: string) => {
      const text = texts.get(name);
      if (text === undefined) unknown.push(name);
      return text === undefined ? block : `${opening}${text}\`\`\``;
    },
  );
  writePage(page, written);
  return unknown;
}

/** The cells of every row of the table whose heading row starts with `| first |`, the heading left out. */
export function tableIn(page: string, first: string): string[][] {
  const lines = readPage(page).split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  const rest = start < 0 ? [] : lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end < 0 ? rest.length : end).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}
