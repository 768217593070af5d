import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { proposeAward } from "../command/award.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { newHandle } from "../command/handle.ts";
import { oldestFirst } from "../command/oldest-first.ts";
import type { Appended } from "../command/transaction.ts";

/** The pack decides one claim, if it `waits`, and what it awards is proposed for payment, in one transaction. */
export async function adjudicate(
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  waits: (world: ClaimWorld) => boolean = () => true,
): Promise<Appended | Refusal> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const payout = newHandle(ports.random);
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "There is no such claim.");
    if (!waits(world)) return refuse("wrong-state", "The claim does not wait for this.");
    const event = adjudicateClaim(world, act);
    if (isRefusal(event)) return event;
    const decided = await transaction.append(event, act);
    await proposeAward(transaction, claim, payout, act);
    return decided;
  });
}

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
