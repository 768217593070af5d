import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sweepAside, writeWhole } from "../objects/durable.ts";
import { exclusively } from "../objects/exclusively.ts";
import { aliasArn, type KmsKey, keyArn, withoutArn } from "./key.ts";
import { KmsRefusal } from "./refusal.ts";

interface Kept {
  readonly form: "countersign-kms/v1";
  readonly keys: Readonly<Record<string, KmsKey>>;
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * The keys and aliases of one stub, in the file `keys.json` (0600) of `folder`. Every change is durable before its promise
 * resolves; changes by another process on the same folder are seen at once.
 */
export class Keyring {
  readonly #path: string;
  readonly #lock: string;
  #kept: Kept = { form: "countersign-kms/v1", keys: {}, aliases: {} };
  #version = "";

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    sweepAside(folder, Date.now());
    this.#path = join(folder, "keys.json");
    this.#lock = join(folder, "lock");
    this.#refresh();
  }

  /** The key that an id, alias name or ARN of either names; NotFoundException if there is none. */
  find(name: string): KmsKey {
    this.#refresh();
    const short = withoutArn(name);
    const isAlias = short.startsWith("alias/");
    const { keys, aliases } = this.#kept;
    const id = isAlias && Object.hasOwn(aliases, short) ? (aliases[short] ?? short) : short;
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined;
    if (key !== undefined) return key;
    throw new KmsRefusal(
      "NotFoundException",
      isAlias ? `Alias ${aliasArn(short)} is not found.` : `Key '${keyArn(short)}' does not exist`,
    );
  }

  /** Adds `key`, or puts it in the place of the one with its id. */
  put(key: KmsKey): Promise<void> {
    return this.#change((kept) => ({ ...kept, keys: { ...kept.keys, [key.id]: key } }));
  }

  /** Names the key `id` by `alias`; AlreadyExistsException if the name is taken. */
  name(alias: string, id: string): Promise<void> {
    return this.#change((kept) => {
      if (Object.hasOwn(kept.aliases, alias)) {
        const message = `An alias with the name ${aliasArn(alias)} already exists`;
        throw new KmsRefusal("AlreadyExistsException", message);
      }
      return { ...kept, aliases: { ...kept.aliases, [alias]: id } };
    });
  }

  #change(next: (kept: Kept) => Kept): Promise<void> {
    return exclusively(this.#lock, () => {
      this.#refresh();
      writeWhole(this.#path, Buffer.from(JSON.stringify(next(this.#kept), null, 1)), 0o600);
      this.#refresh();
    });
  }

  #refresh(): void {
    const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return;
    const version = `${found.ino} ${found.mtimeNs} ${found.size}`;
    if (version === this.#version) return;
    const kept = JSON.parse(readFileSync(this.#path, "utf8")) as Kept;
    if (kept.form !== "countersign-kms/v1")
      throw new Error("keys.json is not a countersign-kms/v1");
    this.#kept = kept;
    this.#version = version;
  }
}
