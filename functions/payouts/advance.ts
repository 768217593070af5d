import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { approvePayout, stopPayout, voidPayout } from "../../shared/payout/advance.ts";
import { type Recovery, recoverPayout } from "../../shared/payout/recover.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended } from "../command/transaction.ts";

/** A command on one payout: what it says on what it reads. */
type Step = (world: PayoutWorld, act: Act) => DomainEvent | Refusal;

/** Runs one command on one payout in a transaction of its own. */
async function advance(
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  step: Step,
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await payoutWorld(transaction, payout);
    if (!world) return refuse("not-found", "There is no such payout.");
    const event = step(world, act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

/** One person's approval. */
export const approve = (ports: CommandPorts, insurer: string, payout: Handle, act: Act) =>
  advance(ports, insurer, payout, approvePayout, act);

/** Stops an approved payout. */
export const stop = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  reason: string,
  act: Act,
) => advance(ports, insurer, payout, (world, by) => stopPayout(world, reason, by), act);

/** Voids a payout that is not approved, or was stopped. */
export const voidOne = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  reason: string,
  act: Act,
) => advance(ports, insurer, payout, (world, by) => voidPayout(world, reason, by), act);

/** Records what came back for a settled payout otherwise than by its bank. */
export const recover = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  recovery: Recovery,
  act: Act,
) => advance(ports, insurer, payout, (world, by) => recoverPayout(world, recovery, by), act);
