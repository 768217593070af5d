import { constants, readdirSync, renameSync, rmSync } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  isMessageKey,
  requireMessageKey,
  requireObjectKey,
} from "../../functions/adapters/objects/key.ts";
import type { Inbox } from "../../shared/ports/inbox.ts";
import { syncFolder } from "./durable.ts";
import { errorCode, translated } from "./folder-error.ts";
import { Folders } from "./folders.ts";

const pieceBytes = 65_536;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const asideFolder = "~unreadable";

/**
 * The plain files of the folders below `root`, read in pieces of 64 KiB; `<root>/~unreadable` has what was set aside. Whoever leaves files renames them into place:
 * one that is still written to may be read short. They may have any names: of one that is no UTF-8 a key has each byte that is not ASCII as `%XX`. Links and folders in a
 * folder are not there.
 */
export function folderInbox(root: string): Inbox {
  const folders = new Folders(root, true);
  return {
    async *list(prefix) {
      const folder = prefix.replace(/\/$/, "");
      requireObjectKey(folder);
      yield* await translated(async () =>
        plainFiles(join(root, folder)).map(({ name }) => `${folder}/${name}`),
      );
    },
    delete: async (key) => {
      requireMessageKey(key);
      return translated(async () => {
        const path = await fileAt(root, key);
        if (path === undefined) return;
        rmSync(path, { force: true });
        await syncFolder(dirname(join(root, key)));
      });
    },
    stream: async (key) => {
      requireMessageKey(key);
      return translated(async () => {
        const path = await fileAt(root, key);
        return path === undefined ? undefined : pieces(path);
      });
    },
    setAside: async (key) => {
      requireMessageKey(key);
      return translated(async () => {
        const aside = await folders.make(asideFolder);
        try {
          const path = (await fileAt(root, key)) ?? join(root, key);
          renameSync(path, join(aside, key.replaceAll("/", " ")));
        } catch (error) {
          if (errorCode(error) !== "ENOENT") throw error;
        }
      });
    },
  };
}

/** A file's name as the system has it, and as a key has it. */
interface Named {
  readonly raw: Buffer;
  readonly name: string;
}

function plainFiles(folder: string): Named[] {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: "buffer" })
      .filter((entry) => entry.isFile())
      .map(({ name: raw }) => ({ raw, name: shown(raw) }))
      .filter(({ name }) => isMessageKey(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** The text of a name; of one that is no UTF-8, as a bank may write it that knows another encoding, each byte that is not ASCII as `%XX`. */
function shown(raw: Buffer): string {
  const text = raw.toString("utf8");
  if (Buffer.from(text).equals(raw)) return text;
  return raw
    .toString("latin1")
    .replace(/[^\0-\x7f]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Where the plain file of `key` lies; undefined where there is none. */
async function fileAt(root: string, key: string): Promise<string | Buffer | undefined> {
  const path = join(root, key);
  if (await isFile(path)) return path;
  if (!key.includes("%")) return undefined;
  const folder = dirname(path);
  const found = plainFiles(folder).find(({ name }) => join(folder, name) === path);
  return found && Buffer.concat([Buffer.from(join(folder, "/")), found.raw]);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

async function* pieces(path: string | Buffer): AsyncIterable<Uint8Array> {
  const file = await translated(() => open(path, readOnly));
  try {
    for (;;) {
      const buffer = new Uint8Array(pieceBytes);
      const { bytesRead } = await translated(() => file.read(buffer, 0, pieceBytes));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
