import { payoutWorld, proposalWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";

/** Pays a payout that ended unpaid again, as `successor`, to the claim's present account: both records, or none. */
export const reissue = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  successor: Handle,
  act: Act,
): Promise<Appended | Refusal> =>
  commitCommand(ports, insurer, act.now, async (transaction) => {
    const old = await payoutWorld(transaction, payout);
    if (!old) return refuse("not-found", "There is no such payout.");
    return reissueIn(transaction, old, successor, act);
  });

/** The same in a transaction under way; gives the successor's record. */
export async function reissueIn(
  transaction: CommandTransaction,
  old: PayoutWorld,
  successor: Handle,
  act: Act,
): Promise<Appended | Refusal> {
  const given = reissuePayout(old, successor, act);
  if (isRefusal(given)) return given;
  await transaction.append(given, act);
  const world = await proposalWorld(transaction, old.claim.stream, old.payout.stream);
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
}
