import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  isObjectKey,
  requireKeyPrefix,
  requireObjectKey,
} from "../../functions/adapters/objects/key.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore, StoredObject } from "../../shared/ports/objects.ts";
import { sweepAside, writeAside } from "./durable.ts";
import { exclusively } from "./exclusively.ts";
import { translated } from "./folder-error.ts";
import { Folders } from "./folders.ts";
import { isTaken, linkIfAbsent, readObject, swap, tagOf } from "./object-file.ts";

/**
 * Objects as plain files below `root`, which other programs may read; several processes may write at once. A tag is the
 * SHA-256 of the bytes. What is not finished lies in `root/~aside`, which is no object key, so a killed writer leaves
 * nothing visible. `durable: false` skips every fsync, for stores that can be rebuilt. Links below `root` are
 * Malformed, never followed. Throws Unavailable when the disk is full or fails.
 */
export function folderStore(root: string, options: { durable?: boolean } = {}): ObjectStore {
  return new FolderStore(root, options.durable ?? true);
}

const asideFolder = "~aside";

class FolderStore implements ObjectStore {
  readonly #durable: boolean;
  readonly #folders: Folders;
  #swept = false;

  constructor(root: string, durable: boolean) {
    this.#durable = durable;
    this.#folders = new Folders(root, durable);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const { folder, name } = split(key);
    return translated(async () => {
      const found = this.#folders.find(folder);
      const bytes = found === undefined ? undefined : readObject(join(found, name));
      return bytes && { bytes, tag: tagOf(bytes) };
    });
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<"stored" | "exists"> {
    return this.#write(key, async (path, aside) => {
      if (isTaken(path)) return "exists";
      const written = await writeAside(aside, bytes, this.#durable);
      try {
        return linkIfAbsent(written, path);
      } finally {
        rmSync(written, { force: true });
      }
    });
  }

  async replace(key: string, bytes: Uint8Array, held: string | undefined) {
    if (held === undefined) {
      return (await this.putIfAbsent(key, bytes)) === "stored" ? "stored" : "changed";
    }
    return this.#write(key, async (path, aside) => {
      const written = await writeAside(aside, bytes, this.#durable);
      try {
        return await exclusively(join(aside, "lock"), () => swap(written, path, held));
      } finally {
        rmSync(written, { force: true });
      }
    });
  }

  async delete(key: string): Promise<void> {
    const { folder, name } = split(key);
    const found = this.#folders.find(folder);
    if (found === undefined || !isTaken(join(found, name))) return;
    await this.#write(key, async (path, aside) =>
      exclusively(join(aside, "lock"), () => rmSync(path, { force: true })),
    );
  }

  async *list(prefix: string): AsyncIterable<string> {
    requireKeyPrefix(prefix);
    const folder = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
    yield* await translated(async () => {
      const found = this.#folders.find(folder);
      const base = folder === "" ? "" : `${folder}/`;
      return found === undefined ? [] : [...keysIn(found, base, prefix)];
    });
  }

  /** Runs `write` where the key's folder is, then makes the name durable, whoever gave it. */
  #write<T>(key: string, write: (path: string, aside: string) => Promise<T>): Promise<T> {
    const { folder, name } = split(key);
    return translated(async () => {
      const aside = await this.#folders.make(asideFolder);
      if (!this.#swept) sweepAside(aside, Date.now());
      this.#swept = true;
      const place = await this.#folders.make(folder);
      const outcome = await write(join(place, name), aside);
      await this.#folders.sync(place);
      return outcome;
    });
  }
}

function split(key: string): { folder: string; name: string } {
  requireObjectKey(key);
  const end = key.lastIndexOf("/");
  return { folder: key.slice(0, Math.max(0, end)), name: key.slice(end + 1) };
}

/** Depth first with "/" sorted as part of the name, which is the order of whole keys. */
function* keysIn(folder: string, base: string, prefix: string): Iterable<string> {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => isObjectKey(entry.name))
    .map((entry) => ({ entry, key: `${base}${entry.name}${entry.isDirectory() ? "/" : ""}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { entry, key } of entries) {
    if (!key.startsWith(prefix)) continue;
    if (entry.isDirectory()) yield* keysIn(join(folder, entry.name), key, prefix);
    else if (entry.isFile()) yield key;
    else throw new Malformed("object folder", "has something in it that is no plain file");
  }
}
