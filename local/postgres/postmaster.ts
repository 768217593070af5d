import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { commandOf, isRunning, waitUntilGone } from "./running-process.ts";
import { StartFailure } from "./start-failure.ts";

/** What a running PostgreSQL writes into its data folder (postmaster.pid, lines 1, 4 and 8). */
export interface PostmasterNote {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads the note of the postmaster of `data`; undefined if there is none or it is still being written. */
export function readPostmaster(data: string): PostmasterNote | undefined {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

/** Whether `pid` is a postgres that was started on `data`, not some later process with its number. */
export function isPostmasterOf(pid: number, data: string): boolean {
  const command = isRunning(pid) ? commandOf(pid) : undefined;
  return command?.includes(`-D ${data} `) === true && /postgres/.test(command);
}

/**
 * Makes way for a new postmaster. One that outlived its launcher is stopped by its id (cleanly, then hard);
 * a note whose id now belongs to something else is removed; a dead one is left for PostgreSQL's own recovery.
 */
export async function clearOrphan(data: string, log: (line: string) => void): Promise<void> {
  const note = readPostmaster(data);
  if (note === undefined || !isRunning(note.pid)) return;
  if (!isPostmasterOf(note.pid, data)) {
    if (commandOf(note.pid) === undefined) {
      throw new StartFailure(`${data} may be in use by process ${note.pid}: stop that one first`);
    }
    rmSync(join(data, "postmaster.pid"));
    return;
  }
  log(`a PostgreSQL left running (process ${note.pid}) is stopped first`);
  await stopPostmaster(note.pid, data);
}

/** Stops a postmaster: SIGINT ends connections and checkpoints; what does not heed that is left to crash recovery. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  for (const [signal, timeoutMs] of [
    ["SIGINT", 30_000],
    ["SIGQUIT", 10_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!isPostmasterOf(pid, data)) return;
    process.kill(pid, signal);
    if (await waitUntilGone(pid, timeoutMs)) return;
  }
  throw new StartFailure(`PostgreSQL (process ${pid}) does not stop`);
}
