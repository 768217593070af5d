import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { closeBreak } from "../../shared/payout/report.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import type { BankRows } from "../../shared/ports/bank-rows.ts";
import { advance } from "../command/advance.ts";
import type { CommandPorts } from "../command/commit.ts";
import type { Appended } from "../command/transaction.ts";
import { ofPayout } from "./advance.ts";

/**
 * A person closes a payout's break, by its number from 1, and says how it was cleared up: first in the log, then in the list. Asked again after a failure
 * between the two, it is refused, for the break is closed, and the list is put right all the same. Throws Unavailable.
 */
export async function closePayoutBreak(
  ports: CommandPorts,
  rows: Pick<BankRows, "close">,
  insurer: string,
  { payout, number, reason }: { payout: Handle; number: bigint; reason: string },
  act: Act,
): Promise<Appended | Refusal> {
  let listed: { kind: Parameters<BankRows["close"]>[1]["kind"]; message: string } | undefined;
  const close = (world: PayoutWorld): DomainEvent | Refusal => {
    const broken = world.payout.state.breaks[Number(number) - 1];
    const event = closeBreak(world, number, reason, act);
    if (!isRefusal(event) || broken?.open === false) listed = broken;
    return event;
  };
  const done = await advance(ports, insurer, ofPayout(payout), close, act);
  if (listed) {
    const { kind, message } = listed;
    await rows.close(insurer, { kind, about: payout, message }, act.now);
  }
  return done;
}
