import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { requireObjectKey } from "../../functions/adapters/objects/key.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { Inbox } from "../../shared/ports/inbox.ts";
import { folderStore } from "./folder.ts";
import { errorCode, translated } from "./folder-error.ts";

const pieceBytes = 65_536;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Objects as plain files below `root`, read in pieces of 64 KiB, as {@link folderStore} has them: a link is Malformed. */
export function folderInbox(root: string): Inbox {
  const store = folderStore(root);
  return {
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    stream: (key) => {
      requireObjectKey(key);
      const path = join(root, key);
      return translated(async () => ((await isFile(path)) ? pieces(path) : undefined));
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) throw new Malformed("object", "is a link");
    return found.isFile();
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
