import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { changePayee } from "../../shared/claim/payee.ts";
import type { Payee } from "../../shared/claim/submission.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended } from "../command/transaction.ts";

/** Puts another payee in the place of a claim's; every payout of the claim that is not yet released is void by it. */
export async function putPayee(
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  change: { readonly payee: Payee; readonly reason: string },
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "There is no such claim.");
    const event = changePayee(world, change.payee, change.reason, act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}
