import { hash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isObjectKey, requireKeyPrefix, requireObjectKey } from "../../functions/adapters/objects/key.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore, StoredObject } from "../../shared/ports/objects.ts";
import { syncFolder, sweepAside, writeAside } from "./durable.ts";
import { exclusively } from "./exclusively.ts";
import { errorCode, translated } from "./folder-error.ts";

/**
 * Objects as plain files under `root`, so other tools can read them; several processes may write at once. What is
 * being written lies in `root/~aside`, no object key. A tag is the SHA-256 of the bytes. `durable: false` skips
 * every fsync, for what can be rebuilt; it is whole or absent all the same after kill -9. No link is followed below `root`:
 * Malformed. Throws Unavailable when the disk is full or fails.
 */
export function folderStore(root: string, options: { durable?: boolean } = {}): ObjectStore {
  return new FolderStore(resolve(root), options.durable ?? true);
}

class FolderStore implements ObjectStore {
  readonly #named: string;
  readonly #durable: boolean;
  readonly #settled = new Map<string, Promise<void>>();
  #real: string | undefined;

  constructor(named: string, durable: boolean) {
    this.#named = named;
    this.#durable = durable;
  }

  get(key: string): Promise<StoredObject | undefined> {
    requireObjectKey(key);
    return translated(async () => {
      const root = this.#root();
      const bytes = root === undefined ? undefined : readObject(join(root, key));
      return bytes && { bytes, tag: tagOf(bytes) };
    });
  }

  putIfAbsent(key: string, bytes: Uint8Array): Promise<"stored" | "exists"> {
    requireObjectKey(key);
    return translated(async () => {
      const { path, aside } = await this.#place(key);
      const outcome = isTaken(path) ? "exists" : await this.#linkIn(aside, path, bytes);
      if (this.#durable) await syncFolder(dirname(path));
      return outcome;
    });
  }

  async replace(key: string, bytes: Uint8Array, held: string | undefined) {
    if (held === undefined) {
      return (await this.putIfAbsent(key, bytes)) === "stored" ? "stored" : "changed";
    }
    requireObjectKey(key);
    return translated(async () => {
      const { path, aside, lock } = await this.#place(key);
      const written = await writeAside(aside, bytes, this.#durable);
      try {
        const swapped = await exclusively(lock, () => swap(path, written, held));
        if (swapped && this.#durable) await syncFolder(dirname(path));
        return swapped ? "stored" : "changed";
      } finally {
        rmSync(written, { force: true });
      }
    });
  }

  async *list(prefix: string): AsyncIterable<string> {
    requireKeyPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const root = this.#root();
    if (root === undefined) return;
    for (const key of keysIn(root, folder)) if (key.startsWith(prefix)) yield key;
  }

  delete(key: string): Promise<void> {
    requireObjectKey(key);
    return translated(async () => {
      const root = this.#root();
      if (root === undefined || !isTaken(join(root, key))) return;
      const { path, lock } = await this.#place(key);
      await exclusively(lock, () => rmSync(path, { force: true }));
      if (this.#durable) await syncFolder(dirname(path));
    });
  }

  #root(): string | undefined {
    this.#real ??= whereNothingIs(() => realpathSync.native(this.#named));
    return this.#real;
  }
}
