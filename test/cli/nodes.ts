import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first Node of each major version that PATH leads to, this one included: its path by its version. */
export function nodes(): Map<string, string> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = [process.execPath, ...folders.map((folder) => join(folder, "node"))];
  const found = new Map<string, string>();
  for (const path of paths.filter((path) => existsSync(path))) {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
    const major = /^v(\d+)/.exec(version)?.[1] ?? "";
    if (!Array.from(found.keys()).some((known) => known.startsWith(`v${major}.`))) {
      found.set(version, path);
    }
  }
  return found;
}
