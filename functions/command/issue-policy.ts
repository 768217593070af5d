import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { issuePolicy, type Terms } from "../../shared/policy/policy.ts";
import type { Appended, CommandTransaction } from "./transaction.ts";

/** Issues a policy on stream `policy` in the transaction: by itself, or as one of many. */
export async function issueIn(
  transaction: CommandTransaction,
  policy: Handle,
  terms: Terms,
  act: Act,
): Promise<Appended | Refusal> {
  const unruled = await refusePack(transaction, terms);
  if (unruled) return unruled;
  const event = issuePolicy(await transaction.insurer(), policy, terms, act);
  return isRefusal(event) ? event : transaction.append(event, act);
}

/** A policy's terms name a rule pack that was published. */
export const refusePack = async (
  transaction: CommandTransaction,
  { pack }: Terms,
): Promise<Refusal | undefined> =>
  (await transaction.stream("pack", pack))
    ? undefined
    : refuse("no-pack", "There is no such rule pack.", "pack");
