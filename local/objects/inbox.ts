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
 * one that is still written to may be read short. They may have any names; links and folders in a folder are not there.
 */
export function folderInbox(root: string): Inbox {
  const folders = new Folders(root, true);
  return {
    async *list(prefix) {
      const folder = prefix.replace(/\/$/, "");
      requireObjectKey(folder);
      yield* await translated(async () =>
        plainFiles(join(root, folder)).map((name) => `${folder}/${name}`),
      );
    },
    delete: async (key) => {
      requireMessageKey(key);
      return translated(async () => {
        const path = join(root, key);
        if (!(await isFile(path))) return;
        rmSync(path, { force: true });
        await syncFolder(dirname(path));
      });
    },
    stream: async (key) => {
      requireMessageKey(key);
      const path = join(root, key);
      return translated(async () => ((await isFile(path)) ? pieces(path) : undefined));
    },
    setAside: async (key) => {
      requireMessageKey(key);
      return translated(async () => {
        const aside = await folders.make(asideFolder);
        try {
          renameSync(join(root, key), join(aside, key.replaceAll("/", " ")));
        } catch (error) {
          if (errorCode(error) !== "ENOENT") throw error;
        }
      });
    },
  };
}

function plainFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isMessageKey(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

async function* pieces(path: string): AsyncIterable<Uint8Array> {
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
