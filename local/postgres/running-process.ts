import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process with this id runs, whoever owns it; one that is dead but not yet reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^[ZX]/.test(statOf(pid) ?? "");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What tells a process from a later one with the same id: the time it started; undefined where that can't be read. */
export function startedAt(pid: number): string | undefined {
  if (process.platform === "linux") return statOf(pid)?.split(" ")[19];
  return ps(pid, "lstart=");
}

/** The command line of a process, its arguments joined by spaces; undefined where that can't be read. */
export function commandOf(pid: number): string | undefined {
  if (process.platform === "linux") return read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ");
  return ps(pid, "command=");
}

/** Waits until the process is gone; false if it is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** The fields of /proc/<pid>/stat from the third (state) on: proc(5). */
const statOf = (pid: number): string | undefined => read(`/proc/${pid}/stat`)?.split(") ").at(-1);

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  if (process.platform === "win32") return undefined;
  try {
    const shown = execFileSync("ps", ["-p", String(pid), "-ww", "-o", column], {
      encoding: "utf8",
    });
    return shown.trim() || undefined;
  } catch {
    return undefined;
  }
}
