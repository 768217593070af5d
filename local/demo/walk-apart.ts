import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import { runApart, threadsFor } from "../threads/threads.ts";
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
    const { policies } = stage;
    const tasks = Array.from({ length: count }, (_, at): WalkTask => {
      const share = claims.slice(at * size, (at + 1) * size);
      return { place, policies, ...castFor(stage, share), claims: share, width };
    });
    const counts = await runApart<WalkTask, WalkedClaim, number>(workerFile, tasks, walked);
    for (const transactions of counts) committed(transactions);
  };
}

/** Those who appear in `claims`. */
const castFor = (stage: Stage, claims: readonly PortfolioClaim[]) => ({
  casts: new Map(claims.map(({ insurer }) => [insurer, stage.cast(insurer)])),
  persons: new Map(claims.map(({ insured }) => [insured, stage.person(insured)])),
});
