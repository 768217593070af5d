import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import type { Openings } from "../bundle/open.ts";
import { startThreads } from "../threads/threads.ts";
import type { LogTask } from "./log-worker.ts";
import type { VerifyLog } from "./verdict.ts";

/** Threads that verify logs side by side. */
export interface LogWorkers {
  readonly verify: VerifyLog;
  stop(): Promise<void>;
}

/** The program of one file is its own worker. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./log-worker.ts" : import.meta.url,
  import.meta.url,
);

/** Starts workers for the bundle in `folder` of `logs` logs, whose openings are read as `how` says. */
export function startLogWorkers(folder: string, logs: number, how: Openings = {}): LogWorkers {
  const threads = startThreads<LogTask, number, LogVerdict>(workerFile, logs);
  return {
    verify: (source, origin, trust, progress, from) => {
      const { insurer } = source;
      const task = { folder, insurer, files: source.files(), origin, trust, from, how };
      return threads.ask(task, progress);
    },
    stop: threads.stop,
  };
}
