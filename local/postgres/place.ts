import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { canTraverse, type Owner } from "./owner.ts";
import { StartFailure } from "./start-failure.ts";

/** Where the cluster's files lie: `data` belongs to the user that runs PostgreSQL, the rest to the one that starts it. */
export interface Place {
  readonly data: string;
  /** True where `data` could not lie in the folder that was asked for. */
  readonly elsewhere: boolean;
}

const pointer = "place";
const origin = "belongs-to";

/**
 * Puts the data under `folder` if `owner` can get there, else under a shared folder it can reach, and leaves a
 * pointer in `folder`. A place whose pointer is gone was left behind by a folder that somebody removed: it goes too.
 */
export function choosePlace(folder: string, owner: Owner, outside: () => string): Place {
  mkdirSync(folder, { recursive: true });
  const here = join(folder, "data");
  const noted = join(folder, pointer);
  if (existsSync(here)) return { data: here, elsewhere: false };
  if (existsSync(noted)) {
    const place = readFileSync(noted, "utf8").trim();
    if (existsSync(place)) return { data: join(place, "data"), elsewhere: true };
    throw new StartFailure(`The data of ${folder} should lie in ${place}, which is gone`);
  }
  if (canTraverse(dirname(folder), owner)) {
    give(folder, owner);
    return { data: here, elsewhere: false };
  }
  const parent = outside();
  forgetPlacesOf(folder, parent);
  const place = mkdtempSync(join(parent, "cluster-"));
  writeFileSync(join(place, origin), `${folder}\n`);
  give(place, owner);
  writeFileSync(noted, `${place}\n`, { mode: 0o600 });
  return { data: join(place, "data"), elsewhere: true };
}

/** Removes a cluster that is stopped: its folder, and what had to be put elsewhere. */
export function removeCluster(folder: string): void {
  const noted = join(folder, pointer);
  if (existsSync(noted)) {
    rmSync(readFileSync(noted, "utf8").trim(), { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * A folder any user can traverse and only this one can write to, made on first need: below /var/lib, or where that is
 * closed, the temporary one. Programs run from it, so a folder that somebody else put there is not taken.
 */
export function sharedFolder(preferred = "/var/lib/countersign"): string {
  for (const folder of [preferred, join(tmpdir(), "countersign")]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (statSync(folder).uid !== process.getuid?.()) continue;
      chmodSync(folder, 0o755);
      return folder;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM") throw error;
    }
  }
  throw new StartFailure(
    "PostgreSQL needs a folder outside the home of this user, and none is open",
  );
}

function give(folder: string, owner: Owner): void {
  if (owner.uid === undefined || owner.gid === undefined) return;
  chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
}

function forgetPlacesOf(folder: string, parent: string): void {
  for (const name of readdirSync(parent)) {
    const place = join(parent, name);
    const note = join(place, origin);
    if (!name.startsWith("cluster-") || !existsSync(note)) continue;
    if (readFileSync(note, "utf8").trim() === folder) {
      rmSync(place, { recursive: true, force: true });
    }
  }
}
