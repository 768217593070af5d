import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatManifest, manifestName, manifestOf } from "./manifest.ts";

/** A folder that an export must not touch. */
export class FolderTaken extends Error {
  override readonly name = "FolderTaken";
}

/** Throws FolderTaken where `folder` holds anything but an earlier bundle; makes it where it is absent. Nothing in it is touched. */
export function requireFree(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const inside = readdirSync(folder, { withFileTypes: true });
  const foreign = inside.find((entry) => entry.name !== manifestName && !entry.isDirectory());
  if (inside.length === 0 || (!foreign && isManifest(join(folder, manifestName)))) return;
  throw new FolderTaken(`${folder} is not empty and holds no bundle: name another --out`);
}

function isManifest(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const start = formatManifest([]);
  return readFileSync(path).subarray(0, start.length).equals(start);
}

/** Empties `folder` for a new bundle. An empty manifest says whose folder it is, should the writing be cut off. Throws FolderTaken. */
export function prepareFolder(folder: string): void {
  requireFree(folder);
  const manifest = join(folder, manifestName);
  writeFileSync(manifest, formatManifest([]));
  for (const name of readdirSync(folder)) {
    if (name !== manifestName) rmSync(join(folder, name), { recursive: true });
  }
}

/** Closes the bundle: lists every file in its manifest. */
export function closeBundle(folder: string): void {
  writeFileSync(join(folder, manifestName), formatManifest(manifestOf(folder)));
}
