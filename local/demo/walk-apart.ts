import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Services } from "../platform/services.ts";
import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import { type Stage, type Walk, walkHere } from "./walk.ts";
import type { WalkReport, WalkTask } from "./walk-worker.ts";

const workerFile = new URL("./walk-worker.ts", import.meta.url);
const most = 4;
/** Fewer claims are walked before a second thread has read its modules. */
const worthwhile = 500;
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/**
 * Walks claims as the deployed functions do, by processors side by side: each of up to four threads takes a run of the portfolio's order through the
 * function cores and adapters of its own, `width` at once. `committed` takes the number of transactions that each thread committed.
 */
export function walkApart(
  services: Services,
  stage: Stage,
  { folder, originPrefix }: Pick<WalkTask, "folder" | "originPrefix">,
  width: number,
  committed: (transactions: number) => void,
): Walk {
  return async (claims, walked) => {
    const count = Math.min(most, availableParallelism());
    if (claims.length < worthwhile || count === 1) return walkHere(stage, width)(claims, walked);
    const size = Math.ceil(claims.length / count);
    const shared = {
      folder,
      originPrefix,
      kmsEndpoint: services.kmsEndpoint,
      databaseUrl: services.server.url("app", services.database),
      policies: stage.policies,
      width,
    };
    const shares = Array.from({ length: count }, (_, at) =>
      claims.slice(at * size, (at + 1) * size),
    );
    const workers = shares.map((share) => {
      const workerData: WalkTask = { ...shared, ...castFor(stage, share), claims: share };
      return new Worker(workerFile, { workerData, resourceLimits });
    });
    try {
      await Promise.all(
        workers.map((worker) =>
          reports(worker, (report) => {
            if ("walked" in report) walked(report.walked);
            else committed(report.committed);
          }),
        ),
      );
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  };
}

/** Those who appear in `claims`. */
const castFor = (stage: Stage, claims: readonly PortfolioClaim[]) => ({
  casts: new Map(claims.map(({ insurer }) => [insurer, stage.cast(insurer)])),
  persons: new Map(claims.map(({ insured }) => [insured, stage.person(insured)])),
});

/** Resolves once the worker ended by itself; rejects with what it threw. */
function reports(worker: Worker, take: (report: WalkReport) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", take);
    worker.once("error", reject);
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a walker left with ${code}`)),
    );
  });
}
