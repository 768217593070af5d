import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, truncateSync } from "node:fs";
import { asOwner, cleanEnvironment } from "./cluster.ts";
import { endWithUs } from "./ends-with-us.ts";
import type { Owner } from "./owner.ts";
import { readPostmaster } from "./postmaster.ts";
import { explain, StartFailure } from "./start-failure.ts";

/** Everything a postmaster needs to be started, again after a crash included. */
export interface Launch {
  readonly program: string;
  readonly data: string;
  readonly owner: Owner;
  readonly logFile: string;
  readonly durable: boolean;
  readonly endsWithUs: boolean;
}

const readyWithinMs = 120_000;
const logLimitBytes = 8 * 1024 * 1024;
const what = "PostgreSQL does not start";

const settings = (port: number, durable: boolean): Record<string, string> => ({
  listen_addresses: "127.0.0.1",
  port: String(port),
  unix_socket_directories: "",
  max_connections: "200",
  timezone: "UTC",
  log_timezone: "UTC",
  jit: "off",
  // Naming each statement in the process list costs a write a statement.
  update_process_title: "off",
  // Statements and key values may name people: only the server's own events are logged.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  fsync: durable ? "on" : "off",
  synchronous_commit: durable ? "on" : "off",
  full_page_writes: durable ? "on" : "off",
});

/**
 * Starts a postmaster on `port` and resolves once it takes connections. It gets a process group of its own, so that
 * Ctrl-C reaches the platform first. Throws StartFailure with the reason it printed.
 */
export async function launch(how: Launch, port: number): Promise<ChildProcess> {
  const offset = openLog(how.logFile);
  const log = openSync(how.logFile, "a", 0o600);
  const options = Object.entries(settings(port, how.durable)).flatMap(([k, v]) => [
    "-c",
    `${k}=${v}`,
  ]);
  const child = spawn(how.program, ["-D", how.data, ...options], {
    cwd: how.data,
    env: cleanEnvironment(),
    stdio: ["ignore", log, log],
    detached: true,
    ...asOwner(how.owner),
  });
  closeSync(log);
  const failure = Promise.withResolvers<never>();
  const onError = (error: Error): void => {
    failure.reject(new StartFailure(`${what}: ${error.message}`));
  };
  const onExit = (): void => {
    const printed = readFileSync(how.logFile).subarray(offset).toString();
    failure.reject(new StartFailure(explain(printed, what, how.data)));
  };
  child.once("error", onError).once("exit", onExit);
  await Promise.race([failure.promise, untilReady(how.data, child)]);
  child.off("exit", onExit);
  if (how.endsWithUs) endWithUs(child);
  return child;
}

async function untilReady(data: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (child.exitCode === null && child.signalCode === null) {
    const note = readPostmaster(data);
    if (note?.ready && note.pid === child.pid) return;
    if (Date.now() > until) throw new StartFailure(`${what}: not ready in two minutes`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise(() => undefined);
}

/** Bounds the log and tells where this start's lines will begin. */
function openLog(file: string): number {
  closeSync(openSync(file, "a", 0o600));
  if (statSync(file).size > logLimitBytes) truncateSync(file);
  return statSync(file).size;
}
