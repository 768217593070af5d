import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const longestWaitMs = 10_000;

/**
 * Runs `action` while this process alone holds the lock file at `path`, which is made if absent. `action` is synchronous,
 * so nothing else of this process runs meanwhile either. The lock is SQLite's, so the kernel frees it when its
 * holder dies, by kill -9 too: nothing is ever stale. Throws Unavailable after 10 s of waiting.
 */
export async function exclusively<T>(path: string, action: () => T): Promise<T> {
  const deadline = performance.now() + longestWaitMs;
  const lock = new DatabaseSync(path);
  try {
    while (!taken(lock)) {
      if (performance.now() > deadline)
        throw new Unavailable("folder", "its lock is held too long");
      await sleep(1 + Math.random() * 4);
    }
    return action();
  } finally {
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

const sqliteBusy = 5;

const isBusy = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "errcode" in error && error.errcode === sqliteBusy;
