import { parentPort } from "node:worker_threads";
import { assert } from "../../shared/base/malformed.ts";
import type { Told } from "./threads.ts";

/** Makes this module a thread's: does each task it is asked and tells its steps and its result. What `work` throws ends the thread. */
export function serveTasks<Task, Step, Result>(
  work: (task: Task, step: (step: Step) => void) => Promise<Result>,
): void {
  assert(parentPort !== null, "this module is a thread's");
  const port = parentPort;
  const tell = (told: Told<Step, Result>): void => port.postMessage(told);
  port.on("message", async (task: Task) => {
    tell({ result: await work(task, (step) => tell({ step })) });
  });
}
