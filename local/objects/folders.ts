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
  #real: string | undefined;

  constructor(root: string, durable: boolean) {
    this.#named = resolve(root);
    this.#durable = durable;
  }

  /** The absolute path of the folder `name` ("" is the root, else `/`-joined parts); undefined if it isn't there. */
  find(name: string): string | undefined {
    this.#real ??= realPath(this.#named);
    if (this.#real === undefined) return undefined;
    const path = join(this.#real, name);
    return isThere(path) ? path : undefined;
  }

  /** As {@link find}, making what is missing; then its name and those of all above it are durable. */
  async make(name: string): Promise<string> {
    const found = this.find(name);
    if (found === undefined) this.#made.delete(name);
    let made = this.#made.get(name);
    if (made === undefined) {
      made = name === "" ? this.#makeRoot() : this.#makeIn(parentOf(name), name);
      this.#made.set(name, made);
      made.catch(() => this.#made.delete(name));
    }
    await made;
    return found ?? join(this.#real ?? this.#named, name);
  }

  /** Makes the names in the folder at `path` durable, if these folders are: one sync for all who ask meanwhile. */
  async sync(path: string): Promise<void> {
    if (this.#durable) await this.#sync(path);
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
    const path = join(await this.make(parent), name.slice(parent.length));
    try {
      mkdirSync(path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    assert(isThere(path), "no object key is the folder of another");
    await this.sync(dirname(path));
  }
}

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

function isThere(path: string): boolean {
  const real = realPath(path);
  if (real !== undefined && real !== path) throw new Malformed("object folder", "has a link in it");
  return real !== undefined && lstatSync(path).isDirectory();
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
