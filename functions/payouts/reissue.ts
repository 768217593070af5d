import { payoutWorld, proposalWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended } from "../command/transaction.ts";

/** Pays a payout that ended unpaid again, as `successor`, to the claim's present account: both records, or none. */
export async function reissue(
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  successor: Handle,
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const old = await payoutWorld(transaction, payout);
    if (!old) return refuse("not-found", "There is no such payout.");
    const given = reissuePayout(old, successor, act);
    if (isRefusal(given)) return given;
    await transaction.append(given, act);
    const world = await proposalWorld(transaction, old.claim.stream, payout);
    if (!world) return refuse("not-found", "There is no such claim.");
    const { head, interim, payee } = old.payout.state;
    const asked = {
      head,
      ...(interim ? { interim } : {}),
      // An expense is owed to whom it was owed before; anything else goes to the claim's present payee.
      ...(head === "expense" ? { payee } : {}),
    };
    const proposed = proposePayout(world, successor, asked, act);
    return isRefusal(proposed) ? proposed : transaction.append(proposed, act);
  });
}
