import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileHash, type ManifestLine, manifestName } from "../../functions/auditor/manifest.ts";

/** Everything below `folder`, sorted by path: plain files, and whatever else stands there (links, devices) as `odd`. */
export function walk(folder: string): { files: string[]; odd: string[] } {
  const files: string[] = [];
  const odd: string[] = [];
  const visit = (relative: string): void => {
    for (const name of readdirSync(join(folder, relative)).sort()) {
      const path = relative ? `${relative}/${name}` : name;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) visit(path);
      else (stat.isFile() ? files : odd).push(path);
    }
  };
  visit("");
  return { files: files.sort(), odd };
}

/** The manifest of the files that stand below `folder`. */
export function manifestOf(folder: string): ManifestLine[] {
  return walk(folder)
    .files.filter((path) => path !== manifestName)
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      return { path, size: bytes.length, hash: fileHash(bytes) };
    });
}
