import type { Services } from "../platform/services.ts";
import { runOn, startThreads, threadsFor } from "../threads/threads.ts";
import type { ApproveTask } from "./approve-share.ts";
import type { ExportTask } from "./export-share.ts";
import type { IssueTask } from "./issue-share.ts";
import type { PaidShare, PayTask } from "./pay-share.ts";
import { placeOf, type ServicesPlace } from "./thread-ports.ts";
import type { ToldClaim, WalkTask } from "./walk-share.ts";
import type { DemoResult, DemoStep, DemoTask } from "./worker.ts";

/** What is done by processors side by side; the longest task should come first. */
export interface Apart {
  /** How many threads there are. */
  readonly count: number;
  /** How many transactions each task committed. */
  issue(tasks: readonly IssueTask[], progress: (policies: number) => void): Promise<number[]>;
  /** How many transactions each task committed. */
  walk(tasks: readonly WalkTask[], walked: (one: ToldClaim) => void): Promise<number[]>;
  /** How many transactions each task committed. */
  approve(tasks: readonly ApproveTask[], progress: (payouts: number) => void): Promise<number[]>;
  pay(tasks: readonly PayTask[], progress: (payouts: number) => void): Promise<PaidShare[]>;
  export(tasks: readonly ExportTask[], progress: (entries: number) => void): Promise<number[]>;
  stop(): Promise<void>;
}

const workerFile = new URL("./worker.ts", import.meta.url);
/** As many threads as there are processors, or the most a process takes. */
const allThreads = Number.MAX_SAFE_INTEGER;

/** Starts the demo's threads: they read their modules, and warm up, once for all that is done apart. */
export function startApart(
  services: Services,
  where: Pick<ServicesPlace, "folder" | "originPrefix">,
): Apart {
  const threads = startThreads<DemoTask, DemoStep, DemoResult>(workerFile, allThreads);
  const app = placeOf(services, where, "app");
  const auditor = placeOf(services, where, "auditor");
  const run = <Step extends DemoStep, Result extends DemoResult = number>(
    tasks: readonly DemoTask[],
    step: (step: Step) => void,
  ): Promise<Result[]> =>
    runOn(threads, tasks, step as (step: DemoStep) => void) as Promise<Result[]>;
  return {
    count: threadsFor(allThreads),
    issue: (tasks, progress) =>
      run(
        tasks.map((issue) => ({ place: app, issue })),
        progress,
      ),
    walk: (tasks, walked) =>
      run(
        tasks.map((walk) => ({ place: app, walk })),
        walked,
      ),
    approve: (tasks, progress) =>
      run(
        tasks.map((approve) => ({ place: app, approve })),
        progress,
      ),
    pay: (tasks, progress) =>
      run<number, PaidShare>(
        tasks.map((pay) => ({ place: app, pay })),
        progress,
      ),
    export: (tasks, progress) =>
      run(
        tasks.map((task) => ({ place: auditor, export: task })),
        progress,
      ),
    stop: () => threads.stop(),
  };
}
