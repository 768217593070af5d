import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isRunning, startedAt } from "./running-process.ts";
import { StartFailure } from "./start-failure.ts";

const fileName = "lock";
const unknown = "unknown";
const longestWaitMs = 10_000;

const stamp = (pid: number): string => startedAt(pid)?.replaceAll(" ", "_") ?? unknown;

/**
 * Takes a folder for this process and returns what gives it back. A lock left by a killed process is taken over;
 * one that is held throws StartFailure naming the holder's process id, and so does a folder that can't be written to.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName);
  const mine = `${process.pid} ${stamp(process.pid)} ${Math.random()}\n`;
  guarded(`${path}.guard`, () => {
    const [pid = "", start = ""] = (read(path) ?? "").trim().split(" ");
    if (isHeld(Number(pid), start)) {
      throw new StartFailure(`${folder} is in use by process ${pid}: stop that one first`);
    }
    writeFileSync(path, mine, { mode: 0o644 });
  });
  return () => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
}

/** Looking and taking are one step: SQLite's file lock, which the kernel frees with its holder, keeps everyone else out meanwhile. */
function guarded(path: string, action: () => void): void {
  const guard = guardOf(path);
  try {
    guard.exec("BEGIN EXCLUSIVE");
    action();
  } catch (error) {
    throw unusable(path, error);
  } finally {
    guard.close();
  }
}

function guardOf(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: longestWaitMs });
  } catch (error) {
    throw unusable(path, error);
  }
}

/** What SQLite says of a folder it may not write to, of a full disk or of a file of another kind; other errors as they are. */
function unusable(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_SQLITE_ERROR") return error;
  return new StartFailure(`${dirname(path)} can't be used: ${basename(path)}: ${message}`);
}

function isHeld(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid)) return false;
  const now = stamp(pid);
  return start === unknown || now === unknown || now === start;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
