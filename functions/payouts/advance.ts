import { payoutWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { approvePayout, stopPayout, voidPayout } from "../../shared/payout/advance.ts";
import { type Recovery, recoverPayout } from "../../shared/payout/recover.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { advance } from "../command/advance.ts";
import type { CommandPorts } from "../command/commit.ts";
import type { CommandTransaction } from "../command/transaction.ts";

/** What a command on one payout reads. */
export const ofPayout =
  (payout: Handle) =>
  async (transaction: CommandTransaction): Promise<PayoutWorld | Refusal> =>
    (await payoutWorld(transaction, payout)) ?? refuse("not-found", "There is no such payout.");

/** One person's approval. */
export const approve = (ports: CommandPorts, insurer: string, payout: Handle, act: Act) =>
  advance(ports, insurer, ofPayout(payout), approvePayout, act);

/** Stops an approved payout. */
export const stop = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  reason: string,
  act: Act,
) => advance(ports, insurer, ofPayout(payout), (world, by) => stopPayout(world, reason, by), act);

/** Voids a payout that is not approved, or was stopped. */
export const voidOne = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  reason: string,
  act: Act,
) => advance(ports, insurer, ofPayout(payout), (world, by) => voidPayout(world, reason, by), act);

/** Records what came back for a settled payout otherwise than by its bank. */
export const recover = (
  ports: CommandPorts,
  insurer: string,
  payout: Handle,
  recovery: Recovery,
  act: Act,
) =>
  advance(ports, insurer, ofPayout(payout), (world, by) => recoverPayout(world, recovery, by), act);
