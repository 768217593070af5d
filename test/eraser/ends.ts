import { actOf } from "../../functions/command/act.ts";
import { type CommandPorts, commitCommand } from "../../functions/command/commit.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { carryOut } from "../../functions/eraser/core.ts";
import type { EraserPorts } from "../../functions/eraser/effects.ts";
import { approve, request } from "../../functions/eraser/requests.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import { cancelPolicy } from "../../shared/policy/policy.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { signedIn } from "../policy/sample.ts";

/** Takes one step with a claim. */
export function stepOn(ports: CommandPorts, by: Caller, claim: string, name: StepName) {
  const act = actOf(by, ports.clock());
  return commitCommand(ports, by.insurer, act.now, async (transaction) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "none");
    const event = stepClaim(world, name, "why", act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

/** Cancels a policy. */
export function cancelOn(ports: CommandPorts, by: Caller, policy: string) {
  const act = actOf(by, ports.clock());
  return commitCommand(ports, by.insurer, act.now, async (transaction) => {
    const seen = await transaction.stream("policy", policy);
    if (!seen) return refuse("not-found", "none");
    const event = cancelPolicy(await transaction.insurer(), seen, "it ran out", act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

/** Some operator of the insurer's. */
export const someOperator = (
  { random }: Pick<CommandPorts, "random">,
  insurer: string,
): Caller => ({
  insurer,
  role: "operator",
  person: newHandle(random),
  kind: "person",
  credential: signedIn,
});

/** Asks for an erasure, approves it, and carries it out; gives in how many places. */
export async function eraseNow(
  ports: CommandPorts,
  eraser: EraserPorts,
  insurer: string,
  person: string,
  classes: readonly PartClass[],
): Promise<number> {
  await request(ports, someOperator(ports, insurer), person, classes, ports.clock());
  await approve(ports, someOperator(ports, insurer), person, ports.clock());
  const done = await carryOut(ports, eraser, insurer, person);
  if (isRefusal(done)) throw new Error(done.detail);
  return done.places;
}
