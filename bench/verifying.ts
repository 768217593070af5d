import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Figure } from "./figure.ts";
import { medianOf } from "./rate.ts";
import type { VerifyTask } from "./verify-worker.ts";

const entriesPerLog = 40_000;
const rounds = 7;
const mostWorkers = 16;
/** As the audit's own workers have it: with all cores at work, what the collector takes is missing elsewhere. */
const maxYoungGenerationSizeMb = 64;

/**
 * Logs verified from their published files, one on each core at the same time, beside the same hashes one-shot and beside as many bytes in one
 * stream, which no log of separate entries can reach.
 */
export async function* verifying(): AsyncGenerator<Figure> {
  const cores = Math.min(mostWorkers, availableParallelism());
  const workers = Array.from(
    { length: cores },
    (_, seed) =>
      new Worker(new URL("./verify-worker.ts", import.meta.url), {
        workerData: { size: entriesPerLog, seed },
        resourceLimits: { maxYoungGenerationSizeMb },
      }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
    const rates: Record<VerifyTask, number[]> = { verify: [], "one-shot": [], streaming: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const task of ["verify", "one-shot", "streaming"] as const) {
        const rate = await rateOf(workers, task);
        if (round > 0) rates[task].push(rate);
      }
    }
    const figure = { value: medianOf(rates.verify), unit: "entries/s" };
    const logs = `${cores} logs of ${entriesPerLog} entries of 500 to 899 B`;
    yield {
      name: "log.verify",
      ...figure,
      limitName: `one-shot crypto.hash of every entry and node, all ${cores} cores (${logs})`,
      limit: medianOf(rates["one-shot"]),
    };
    yield {
      name: "log.verify beside streaming",
      ...figure,
      limitName: `as many bytes through one createHash a core, all ${cores} cores`,
      limit: medianOf(rates.streaming),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Entries a second of all workers together, until the last has done its log. */
async function rateOf(workers: readonly Worker[], task: VerifyTask): Promise<number> {
  const start = performance.now();
  const answers = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.postMessage(task);
  await Promise.all(answers);
  return (workers.length * entriesPerLog * 1000) / (performance.now() - start);
}
