import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { formatManifest, manifestName, parseManifest } from "../../functions/auditor/manifest.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { manifestOf, walk } from "./manifest.ts";

/** A folder that an export must not touch. */
export class FolderTaken extends Error {
  override readonly name = "FolderTaken";
}

/** First line of the manifest of a bundle that is being written; a line for each insurer whose folder may stand there follows. */
const unfinished = "countersign-bundle/v1 unfinished";

/**
 * Throws FolderTaken where `folder` holds anything but an earlier bundle, whole or cut off while it was written: every file of a whole one is
 * in its manifest. Nothing is made or touched. Gives the insurers of that bundle.
 */
export function requireFree(folder: string): readonly string[] {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return [];
  const insurers = earlierBundle(folder);
  if (insurers) return insurers;
  throw new FolderTaken(`${folder} is not empty and holds no bundle: name another --out`);
}

/** The insurers of the bundle in `folder`; undefined where it is none, or holds anything besides. */
function earlierBundle(folder: string): readonly string[] | undefined {
  const path = join(folder, manifestName);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const manifest = readFileSync(path);
  const { files, odd } = walk(folder);
  if (odd.length > 0) return undefined;
  const own = files.filter((file) => file !== manifestName);
  const begun = intended(manifest);
  if (begun) {
    const mayStand = (file: string): boolean =>
      begun.some((id) => file.startsWith(`${id}/public/`) || file.startsWith(`${id}/openings/`));
    return own.every(mayStand) ? begun : undefined;
  }
  try {
    const listed = new Set(parseManifest(manifest).map(({ path }) => path));
    return own.every((file) => listed.has(file)) ? insurersOf([...listed]) : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function intended(manifest: Buffer): readonly string[] | undefined {
  const [first, ...lines] = manifest.toString("latin1").split("\n");
  if (first !== unfinished || lines.pop() !== "") return undefined;
  return lines.every((line) => /^[a-z0-9-]{1,63}$/.test(line)) ? lines : undefined;
}

const insurersOf = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => path.slice(0, path.indexOf("/")))),
];

/**
 * Empties `folder` for a new bundle of `insurers`, making it if it is absent. A manifest that says so tells whose folder it is, should the writing
 * be cut off. Gives the insurers of the bundle that stood there. Throws FolderTaken.
 */
export function prepareFolder(folder: string, insurers: readonly string[]): readonly string[] {
  const before = requireFree(folder);
  mkdirSync(folder, { recursive: true });
  const either = [...new Set([...before, ...insurers])];
  writeFileSync(join(folder, manifestName), [unfinished, ...either, ""].join("\n"));
  for (const name of readdirSync(folder)) {
    if (name !== manifestName) rmSync(join(folder, name), { recursive: true });
  }
  return before;
}

/** Closes the bundle: lists every file in its manifest. */
export function closeBundle(folder: string): void {
  writeFileSync(join(folder, manifestName), formatManifest(manifestOf(folder)));
}
