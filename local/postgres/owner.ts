import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** The system user that PostgreSQL runs as; undefined ids: whoever runs this process. */
export interface Owner {
  readonly name: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/**
 * PostgreSQL refuses to run as root, so root lends it an unprivileged user that exists already
 * (initdb insists on an entry in the list of users). Anyone else runs it as themselves.
 */
export function chooseOwner(list = "/etc/passwd"): Owner {
  if (process.getuid?.() !== 0) return { name: "you", uid: undefined, gid: undefined };
  const users = readFileSync(list, "utf8").split("\n").map(parseUser);
  for (const wanted of ["postgres", "nobody", "daemon"]) {
    const user = users.find((one) => one?.name === wanted);
    if (user) return user;
  }
  return users.find((one) => one !== undefined) ?? { name: "65534", uid: 65534, gid: 65534 };
}

function parseUser(line: string): { name: string; uid: number; gid: number } | undefined {
  const [name, , uid, gid] = line.split(":");
  if (!name || !Number(uid) || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

const readable = 0o4;
const traversable = 0o1;

function may(path: string, owner: Owner, right: number): boolean {
  const { mode, uid, gid } = statSync(path);
  if (owner.uid === uid) return (mode & (right << 6)) !== 0;
  if (owner.gid === gid) return (mode & (right << 3)) !== 0;
  return (mode & right) !== 0;
}

/** Whether `owner` can walk down to and into `folder`. */
export function canTraverse(folder: string, owner: Owner): boolean {
  if (owner.uid === undefined) return true;
  if (!may(folder, owner, traversable)) return false;
  const parent = dirname(folder);
  return parent === folder || canTraverse(parent, owner);
}

/** Whether `owner` can walk down to `file` and read it. */
export const canRead = (file: string, owner: Owner): boolean =>
  owner.uid === undefined || (canTraverse(dirname(file), owner) && may(file, owner, readable));
