import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatManifest, manifestName, manifestOf } from "./manifest.ts";

/** A folder that an export must not touch. */
export class FolderTaken extends Error {
  override readonly name = "FolderTaken";
}

/** Empties `folder` for a new bundle; one that holds anything but an earlier bundle is refused. */
export function prepareFolder(folder: string): void {
  if (existsSync(folder)) {
    const inside = readdirSync(folder);
    if (inside.length > 0 && !inside.includes(manifestName)) {
      throw new FolderTaken(`${folder} is not empty and holds no bundle: name another --out`);
    }
    for (const name of inside) rmSync(join(folder, name), { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
}

/** Closes the bundle: lists every file in its manifest. */
export function closeBundle(folder: string): void {
  writeFileSync(join(folder, manifestName), formatManifest(manifestOf(folder)));
}
