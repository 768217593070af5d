import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { assert, Malformed } from "../../shared/base/malformed.ts";
import { syncFolder } from "./durable.ts";
import { errorCode } from "./folder-error.ts";
import { sharedSync } from "./shared-sync.ts";

/** The folders at and below `root`, which need not exist yet. None of those below may be a link: Malformed. */
export class Folders {
  readonly #named: string;
  readonly #durable: boolean;
  readonly #sync = sharedSync(syncFolder);
  readonly #made = new Map<string, Promise<void>>();
  /** Those of `#made` that are not done: who finds no folder yet waits for the one that is being made. */
  readonly #making = new Set<string>();
  #real: string | undefined;

  constructor(root: string, durable: boolean) {
    this.#named = resolve(root);
    this.#durable = durable;
  }

  /** The absolute path of the folder `name` ("" is the root, else `/`-joined parts); undefined if it isn't there. */
  find(name: string): string | undefined {
    this.#real ??= realPath(this.#named);
    if (this.#real === undefined) return undefined;
    return isThere(this.#real, name) ? join(this.#real, name) : undefined;
  }

  /** As {@link find}, making what is missing; then its name and those of all above it are durable. */
  async make(name: string): Promise<string> {
    const found = this.find(name);
    if (found === undefined && !this.#making.has(name)) this.#made.delete(name);
    await (this.#made.get(name) ?? this.#begin(name));
    return found ?? join(this.#real ?? this.#named, name);
  }

  /** Makes the names in the folder at `path` durable, if these folders are: one sync for all who ask meanwhile. */
  async sync(path: string): Promise<void> {
    if (this.#durable) await this.#sync(path);
  }

  #begin(name: string): Promise<void> {
    this.#making.add(name);
    const made = name === "" ? this.#makeRoot() : this.#makeIn(parentOf(name), name);
    this.#made.set(name, made);
    made.catch(() => this.#made.delete(name)).finally(() => this.#making.delete(name));
    return made;
  }

  async #makeRoot(): Promise<void> {
    const first = mkdirSync(this.#named, { recursive: true });
    this.#real = realpathSync.native(this.#named);
    if (!this.#durable) return;
    const stop = dirname(first ?? this.#named);
    for (let folder = this.#named; folder !== stop; folder = dirname(folder)) {
      await this.#sync(dirname(folder));
    }
  }

  async #makeIn(parent: string, name: string): Promise<void> {
    const above = await this.make(parent);
    const path = join(above, name.slice(parent.length));
    try {
      mkdirSync(path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    assert(isThere(above, name.slice(parent.length)), "no object key is the folder of another");
    await this.sync(dirname(path));
  }
}

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

/**
 * Whether the folder `name` ("" is `root` itself) is there. Each part below `root` is looked at: to resolve the whole path reads all that lies above as well
 * (measured: 30 calls of the system for each object that is put, now none).
 */
function isThere(root: string, name: string): boolean {
  if (name === "") return isFolder(root);
  for (let end = 0; end < name.length; ) {
    const next = name.indexOf("/", end + 1);
    end = next < 0 ? name.length : next;
    if (!isFolder(join(root, name.slice(0, end)))) return false;
  }
  return true;
}

function isFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) throw new Malformed("object folder", "has a link in it");
  return found?.isDirectory() === true;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
