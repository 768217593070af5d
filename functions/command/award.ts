import { proposalWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import type { Appended, CommandTransaction } from "./transaction.ts";

/**
 * Proposes to pay what a fresh decision awards, in the decision's own transaction, so that an award and its payout can't come apart. Where
 * nothing is payable yet (zero, no payee, a band that asks for a person) there is no payout until somebody proposes one.
 */
export async function proposeAward(
  transaction: CommandTransaction,
  claim: string,
  payout: string,
  act: Act,
): Promise<Appended | undefined> {
  const world = await proposalWorld(transaction, claim);
  assert(world !== undefined, "a claim that was just decided is there");
  const event = proposePayout(world, payout, {}, act);
  return isRefusal(event) ? undefined : transaction.append(event, act);
}
