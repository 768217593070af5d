import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import { claimPath, keptJson } from "../../shared/api/committed-reply.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import { proposeAward } from "./award.ts";
import type { CommandPorts } from "./commit.ts";
import { newHandle } from "./handle.ts";
import { perform, refuseStale } from "./perform.ts";
import { recordedOf } from "./recorded.ts";

/** A person rules on a claim that was referred, appealed or reopened. */
export async function decide(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  ruling: Ruling,
  asked: Asked,
  now: Instant,
): Promise<Reply<CommittedClaim>> {
  if (caller.role !== "adjuster") return refuse("not-permitted", "An adjuster rules on claims.");
  const payout = newHandle(ports.random);
  return perform(ports, caller, asked, now, async (transaction, act) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "There is no such claim.");
    const stale = refuseStale(asked, world.claim.version, world.claimAccumulator.version);
    if (stale) return stale;
    const event = ruleOnClaim(world, ruling, act);
    if (isRefusal(event)) return event;
    const recorded = recordedOf(await transaction.append(event, act));
    await proposeAward(transaction, claim, payout, act);
    const result = { claim, status: "decided", ...recorded };
    const reply = keptJson(committedClaimSchema, result, { location: claimPath(claim) });
    return { result, reply, about: world.claim.state.insured };
  });
}
