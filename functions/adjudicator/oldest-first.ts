import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { each } from "../command/each.ts";

/** Changed rows that one call passes over to get at those behind. */
const mostPassed = 1_000;

/**
 * Works on the oldest claims that wait, at most `most`, `width` at a time. One whose row somebody changed is Malformed, goes on waiting and does not count, so that however many there
 * are (1,000 a call) others come all the same. Gives the Malformed of each, which names it; any other error ends the call and is thrown.
 */
export async function oldestFirst(
  oldest: (limit: number) => Promise<readonly Handle[]>,
  most: number,
  width: number,
  work: (claim: Handle) => Promise<void>,
): Promise<Malformed[]> {
  const tried = new Set<Handle>();
  const altered: Malformed[] = [];
  let left = most;
  for (let before = -1; before < altered.length && left > 0 && altered.length < mostPassed; ) {
    before = altered.length;
    const waiting = await oldest(left + tried.size);
    const next = waiting.filter((claim) => !tried.has(claim)).slice(0, left);
    await each(next, width, async (claim) => {
      tried.add(claim);
      try {
        await work(claim);
        left -= 1;
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        altered.push(new Malformed(`claim ${claim}`, "what its row says can't be read"));
      }
    });
  }
  return altered;
}
