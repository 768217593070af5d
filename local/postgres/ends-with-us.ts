import { type ChildProcess, spawn } from "node:child_process";
import { cleanEnvironment } from "./cluster.ts";

/** Waits for the end of its input, which comes with the end of whoever holds the other side, and then stops the postmaster. */
const watch = 'while read -r _; do :; done; kill -INT "$0"';

/**
 * Has `postmaster` stopped when this process is gone, however it went: kill -9 runs no handler here, but closes the pipe to a watcher. Nothing
 * on Windows, which has no shell for it.
 */
export function endWithUs(postmaster: ChildProcess): void {
  if (process.platform === "win32" || postmaster.pid === undefined) return;
  const watcher = spawn("/bin/sh", ["-c", watch, String(postmaster.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    env: cleanEnvironment(),
    detached: true,
  });
  watcher.on("error", () => undefined);
  watcher.unref();
  // The pipe's own handle must not keep this process alive either.
  (watcher.stdin as unknown as { unref?(): void }).unref?.();
  postmaster.once("exit", () => watcher.kill("SIGKILL"));
}
