import { runApart } from "../threads/threads.ts";
import type { ApproveTask } from "./approve-worker.ts";
import type { ServicesPlace } from "./thread-ports.ts";

const workerFile = new URL("./approve-worker.ts", import.meta.url);

/**
 * Screens and approves the proposed payouts of every insurer, by processors side by side: the one with the most payouts should come first. Gives how
 * many transactions each thread committed.
 */
export const approveApart = (
  place: ServicesPlace,
  insurers: readonly string[],
  width: number,
  progress: (payouts: number) => void,
): Promise<number[]> =>
  runApart<ApproveTask, number, number>(
    workerFile,
    insurers.map((insurer) => ({ place, insurer, width })),
    progress,
  );
