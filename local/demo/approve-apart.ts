import { startThreads } from "../threads/threads.ts";
import type { ApproveTask } from "./approve-worker.ts";
import type { ServicesPlace } from "./thread-ports.ts";

const workerFile = new URL("./approve-worker.ts", import.meta.url);

/** Screens and approves the proposed payouts of every insurer, by processors side by side: the one with the most payouts should come first. */
export async function approveApart(
  place: ServicesPlace,
  insurers: readonly string[],
  width: number,
  progress: (payouts: number) => void,
  committed: (transactions: number) => void,
): Promise<void> {
  const threads = startThreads<ApproveTask, number, number>(workerFile, insurers.length);
  try {
    const asked = insurers.map(async (insurer) =>
      committed(await threads.ask({ place, insurer, width }, progress)),
    );
    await Promise.all(asked);
  } finally {
    await threads.stop();
  }
}
