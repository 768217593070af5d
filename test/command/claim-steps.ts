import { type CommandPorts, commitCommand } from "../../functions/command/commit.ts";
import type { Appended } from "../../functions/command/transaction.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Money } from "../../shared/base/codec.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import { reserveClaim } from "../../shared/claim/reserve.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";

const onClaim = (
  ports: CommandPorts,
  insurer: string,
  claim: string,
  decide: (world: ClaimWorld) => DomainEvent | Refusal,
  act: Act,
): Promise<Appended | Refusal> =>
  commitCommand(ports, insurer, act.now, async (transaction) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "no such claim");
    const event = decide(world);
    return isRefusal(event) ? event : transaction.append(event, act);
  });

/** Takes one step of a claim, with a text. */
export const step = (
  ports: CommandPorts,
  insurer: string,
  claim: string,
  name: StepName,
  act: Act,
) => onClaim(ports, insurer, claim, (world) => stepClaim(world, name, "why", act), act);

/** Sets a claim's reserve. */
export const reserve = (
  ports: CommandPorts,
  insurer: string,
  claim: string,
  amount: Money,
  act: Act,
) => onClaim(ports, insurer, claim, (world) => reserveClaim(world, amount, "why", act), act);
