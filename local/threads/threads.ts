import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** Threads that take one task at a time each; a task waits until one is free. */
export interface Threads<Task, Step, Result> {
  /** The result of `task`; rejects with what its thread threw. `step` takes what the thread tells meanwhile. */
  ask(task: Task, step: (step: Step) => void): Promise<Result>;
  stop(): Promise<void>;
}

/** What a thread tells of its task. */
export type Told<Step, Result> = { readonly step: Step } | { readonly result: Result };

const most = 4;
/** What a thread makes is mostly short-lived: a larger nursery keeps it out of the old generation. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** How many threads are worth having for `tasks`: at most four, and no more than there are processors or tasks. */
export const threadsFor = (tasks: number): number =>
  Math.max(1, Math.min(most, availableParallelism(), tasks));

/** Starts {@link threadsFor} `tasks` threads of `file`, a module that {@link serveTasks}. */
export function startThreads<Task, Step, Result>(
  file: URL,
  tasks: number,
): Threads<Task, Step, Result> {
  const workers = Array.from(
    { length: threadsFor(tasks) },
    () => new Worker(file, { resourceLimits }),
  );
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
    ask: async (task, step) => {
      const worker = await take();
      try {
        return await asked<Task, Step, Result>(worker, task, step);
      } finally {
        give(worker);
      }
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The results of all `tasks` in their order; the longest task should come first. */
export const runOn = <Task, Step, Result>(
  threads: Threads<Task, Step, Result>,
  tasks: readonly Task[],
  step: (step: Step) => void,
): Promise<Result[]> => Promise.all(tasks.map((task) => threads.ask(task, step)));

function asked<Task, Step, Result>(
  worker: Worker,
  task: Task,
  step: (step: Step) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", onMessage).off("error", onError);
    };
    const onMessage = (told: Told<Step, Result>): void => {
      if ("step" in told) step(told.step);
      else {
        done();
        resolve(told.result);
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
