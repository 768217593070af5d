import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import type { Apart } from "./apart.ts";
import { type Stage, type Walk, walkHere } from "./walk.ts";
import type { WalkTask } from "./walk-share.ts";

/** Fewer claims are walked before a second thread has read its modules. */
const worthwhile = 500;

/**
 * Walks claims as the deployed functions do, by processors side by side: each thread takes a run of the portfolio's order through function cores and
 * adapters of its own, `width` at once. `committed` takes the number of transactions that a thread committed.
 */
export function walkApart(
  apart: Apart,
  stage: Stage,
  width: number,
  committed: (transactions: number) => void,
): Walk {
  return async (claims, walked) => {
    const { count } = apart;
    if (claims.length < worthwhile || count === 1) return walkHere(stage, width)(claims, walked);
    const size = Math.ceil(claims.length / count);
    const { policies } = stage;
    const tasks = Array.from({ length: count }, (_, at): WalkTask => {
      const share = claims.slice(at * size, (at + 1) * size);
      return { policies, ...castFor(stage, share), claims: share, width };
    });
    const counts = await apart.walk(tasks, walked);
    for (const transactions of counts) committed(transactions);
  };
}

/** Those who appear in `claims`. */
const castFor = (stage: Stage, claims: readonly PortfolioClaim[]) => ({
  casts: new Map(claims.map(({ insurer }) => [insurer, stage.cast(insurer)])),
  persons: new Map(claims.map(({ insured }) => [insured, stage.person(insured)])),
});
