import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { LogVerdict } from "../../shared/audit/verify-log.ts";
import type { Openings } from "../bundle/open.ts";
import type { LogTask } from "./log-worker.ts";
import type { VerifyLog } from "./verdict.ts";

/** Workers that verify logs side by side; at most four, and no more than there are processors or logs. */
export interface LogWorkers {
  readonly verify: VerifyLog;
  stop(): Promise<void>;
}

/** The program of one file is its own worker. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./log-worker.ts" : import.meta.url,
  import.meta.url,
);

const most = 4;
/** Entries come and go by the hundred thousand: a larger nursery keeps them out of the old one. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };
type Answer = { readonly entries: number } | { readonly verdict: LogVerdict };

/** Starts workers for the bundle in `folder` of `logs` logs, whose openings are read as `how` says. */
export function startLogWorkers(folder: string, logs: number, how: Openings = {}): LogWorkers {
  const count = Math.max(1, Math.min(most, availableParallelism(), logs));
  const workers = Array.from({ length: count }, () => new Worker(workerFile, { resourceLimits }));
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = (): Promise<Worker> => {
    const worker = idle.pop();
    return worker
      ? Promise.resolve(worker)
      : new Promise<Worker>((resolve) => {
          waiting.push(resolve);
        });
  };
  const give = (worker: Worker): void => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };
  return {
    verify: async (source, origin, trust, progress, from) => {
      const worker = await take();
      const { insurer } = source;
      const task: LogTask = { folder, insurer, files: source.files(), origin, trust, from, how };
      try {
        return await ask(worker, task, progress);
      } finally {
        give(worker);
      }
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(
  worker: Worker,
  task: LogTask,
  progress: (entries: number) => void,
): Promise<LogVerdict> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", onMessage).off("error", onError);
    };
    const onMessage = (answer: Answer): void => {
      if ("entries" in answer) progress(answer.entries);
      else {
        done();
        resolve(answer.verdict);
      }
    };
    const onError = (error: unknown): void => {
      done();
      reject(error);
    };
    worker.on("message", onMessage).on("error", onError);
    worker.postMessage(task);
  });
}
