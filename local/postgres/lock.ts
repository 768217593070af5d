import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, startedAt } from "./running-process.ts";
import { StartFailure } from "./start-failure.ts";

const fileName = "lock";
const unknown = "unknown";

const stamp = (pid: number): string => startedAt(pid)?.replaceAll(" ", "_") ?? unknown;

/**
 * Takes a folder for this process and returns what gives it back. A lock left by a killed process is taken over;
 * one that is held throws StartFailure naming the holder's process id.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName);
  const mine = `${process.pid} ${stamp(process.pid)} ${Math.random()}\n`;
  const draft = `${path}.${process.pid}.${Math.random()}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    while (!link(draft, path)) dropIfStale(path, folder);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
}

/** Moves a dead holder's lock away; a lock that changed meanwhile is put back. */
function dropIfStale(path: string, folder: string): void {
  const seen = read(path);
  if (seen === undefined) return;
  const [pid = "", start = ""] = seen.trim().split(" ");
  if (isHeld(Number(pid), start)) {
    throw new StartFailure(`${folder} is in use by process ${pid}: stop that one first`);
  }
  const aside = `${path}.stale.${process.pid}.${Math.random()}`;
  if (!rename(path, aside)) return;
  if (read(aside) !== seen) link(aside, path);
  rmSync(aside, { force: true });
}

function isHeld(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid)) return false;
  const now = stamp(pid);
  return start === unknown || now === unknown || now === start;
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
