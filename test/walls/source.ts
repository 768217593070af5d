import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One text file of the project: its path from the root, with `/`, and its text. */
export type Source = { readonly path: string; readonly text: string };

/** What a rule found: the file and, in words, what is wrong there. */
export type Violation = { readonly path: string; readonly what: string };

/** A house rule: all violations among `sources`. */
export type Rule = (sources: readonly Source[]) => Violation[];

/** The ends of the file names whose text is code. */
export const isCode = (path: string): boolean => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(path);

/** Every text file under `root` except in folders that .gitignore names and in .git, sorted by path. */
export function readTree(root: string): Source[] {
  const ignored = readFileSync(join(root, ".gitignore"), "utf8").split("\n");
  const skipped = new Set([".git/", ...ignored]);
  const sources: Source[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (entry.isDirectory() && !skipped.has(`${entry.name}/`)) visit(`${path}/`);
      if (!entry.isFile() || entry.name === ".git") continue;
      const bytes = readFileSync(join(root, path));
      if (!bytes.includes(0)) sources.push({ path, text: bytes.toString("utf8") });
    }
  };
  visit("");
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A rule that reads one file at a time: `find` says in words what is wrong, once per violation. */
export const perFile =
  (concerns: (path: string) => boolean, find: (source: Source) => Iterable<string>): Rule =>
  (sources) =>
    sources
      .filter((source) => concerns(source.path))
      .flatMap((source) => [...find(source)].map((what) => ({ path: source.path, what })));
