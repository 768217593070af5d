import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { CommandPorts } from "../command/commit.ts";
import { oldestFirst } from "../command/oldest-first.ts";

/**
 * The job: decides claims that wait, oldest first, at most `limit`, `width` at a time. A claim that somebody else decided meanwhile is no
 * error. One that fails holds up no other, and its error is thrown when all were tried; Malformed names the claim whose row somebody changed, behind which the next come
 * ({@link oldestFirst}). Gives how many it decided.
 */
export async function adjudicateWaiting(
  ports: CommandPorts,
  insurer: string,
  limit: number,
  width = 4,
): Promise<number> {
  let decided = 0;
  const failures: unknown[] = [];
  const list = {
    of: ports.store,
    name: `${insurer} submitted`,
    row: claimRow,
    oldest: (most: number, skip: number) =>
      ports.store.waiting(insurer, "claim", "submitted", most, skip),
  };
  const altered = await oldestFirst(list, limit, width, async (claim) => {
    try {
      // Most rounds find no claim that waits: the rule engine is read by one that does.
      const { adjudicate } = await import("./adjudicate.ts");
      if (!isRefusal(await adjudicate(ports, insurer, claim))) decided++;
    } catch (error) {
      if (error instanceof Malformed) throw error;
      failures.push(error);
    }
  });
  // A changed row goes on failing: it must not hide what else failed.
  const [first] = [...failures, ...altered];
  if (first !== undefined) throw first;
  return decided;
}

/** What an alarm calls a claim's row. */
export const claimRow = (claim: Handle): string => `claim ${claim}`;
