import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { proposeAward } from "../command/award.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { newHandle } from "../command/handle.ts";
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
