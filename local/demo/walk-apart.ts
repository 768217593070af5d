import type { Handle } from "../../shared/base/handle.ts";
import type { Apart } from "./apart.ts";
import { type IssueTask, issueHere } from "./issue-share.ts";
import { known } from "./known.ts";
import type { IssueAll } from "./stage.ts";
import { type Stage, type Walk, walkHere } from "./walk.ts";
import type { ToldClaim, WalkTask } from "./walk-share.ts";

/** Fewer policies or claims are through before a second thread has read its modules. */
const worthwhile = 500;

/** Whether so many tasks go to the threads. */
const goesApart = ({ count }: Apart, tasks: number): boolean => tasks >= worthwhile && count > 1;

/** As many runs of the order of `items` as there are threads. */
function sharesOf<Item>({ count }: Apart, items: readonly Item[]): Item[][] {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** Issues policies by processors side by side, `width` at once in each thread. `committed` is as in {@link walkApart}. */
export const issueApart =
  (apart: Apart, width: number, committed: (transactions: number) => void): IssueAll =>
  async (stage, policies, issued) => {
    if (!goesApart(apart, policies.length)) return issueHere(stage, width)(policies, issued);
    const tasks = sharesOf(apart, policies).map((share): IssueTask => {
      const insured = share.map(({ policy }) => policy.insured);
      return { policies: share, persons: personsOf(stage, insured), width };
    });
    for (const transactions of await apart.issue(tasks, issued)) committed(transactions);
  };

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
    if (!goesApart(apart, claims.length)) return walkHere(stage, width)(claims, walked);
    const { policies } = stage;
    const tasks = sharesOf(apart, claims).map((share): WalkTask => {
      const casts = new Map(share.map(({ insurer }) => [insurer, stage.cast(insurer)]));
      const insured = share.map((claim) => claim.insured);
      return { policies, casts, persons: personsOf(stage, insured), claims: share, width };
    });
    const byKey = new Map(claims.map((claim) => [claim.key, claim]));
    const told = ({ key, ...ended }: ToldClaim): void =>
      walked({ portfolio: known(byKey, key), ...ended });
    const counts = await apart.walk(tasks, told);
    for (const transactions of counts) committed(transactions);
  };
}

const personsOf = (stage: Stage, keys: readonly string[]): Map<string, Handle> =>
  new Map(keys.map((key) => [key, stage.person(key)]));
