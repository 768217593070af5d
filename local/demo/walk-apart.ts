import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import { startThreads, threadsFor } from "../threads/threads.ts";
import type { ServicesPlace } from "./thread-ports.ts";
import { type Stage, type Walk, type WalkedClaim, walkHere } from "./walk.ts";
import type { WalkTask } from "./walk-worker.ts";

const workerFile = new URL("./walk-worker.ts", import.meta.url);
/** Fewer claims are walked before a second thread has read its modules. */
const worthwhile = 500;

/**
 * Walks claims as the deployed functions do, by processors side by side: each thread takes a run of the portfolio's order through function cores and
 * adapters of its own, `width` at once. `committed` takes the number of transactions that a thread committed.
 */
export function walkApart(
  place: ServicesPlace,
  stage: Stage,
  width: number,
  committed: (transactions: number) => void,
): Walk {
  return async (claims, walked) => {
    const count = threadsFor(claims.length);
    if (claims.length < worthwhile || count === 1) return walkHere(stage, width)(claims, walked);
    const size = Math.ceil(claims.length / count);
    const threads = startThreads<WalkTask, WalkedClaim, number>(workerFile, count);
    try {
      const shares = Array.from({ length: count }, (_, at) =>
        claims.slice(at * size, (at + 1) * size),
      );
      const { policies } = stage;
      const tasks = shares.map((share): WalkTask => {
        return { place, policies, ...castFor(stage, share), claims: share, width };
      });
      const asked = tasks.map(async (task) => committed(await threads.ask(task, walked)));
      await Promise.all(asked);
    } finally {
      await threads.stop();
    }
  };
}

/** Those who appear in `claims`. */
const castFor = (stage: Stage, claims: readonly PortfolioClaim[]) => ({
  casts: new Map(claims.map(({ insurer }) => [insurer, stage.cast(insurer)])),
  persons: new Map(claims.map(({ insured }) => [insured, stage.person(insured)])),
});
