import { decideReply } from "../../shared/api/committed-reply.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { Caller, Committed, Idempotency, Reply } from "../../shared/ports/claims.ts";
import { proposeAward } from "./award.ts";
import { type CommandPorts, commitCommand } from "./commit.ts";
import { newHandle } from "./handle.ts";
import { replyKeeper } from "./kept-reply.ts";
import { actOf, committedView } from "./submit.ts";

/** A person rules on a claim that was referred, appealed or reopened. */
export async function decide(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  ruling: Ruling,
  idempotency: Idempotency | undefined,
  now: Instant,
): Promise<Reply<Committed>> {
  if (caller.role !== "adjuster") return refuse("not-permitted", "An adjuster rules on claims.");
  const keeper = idempotency && (await replyKeeper(ports, caller, idempotency));
  const payout = newHandle(ports.random);
  const act = actOf(caller, now);
  return commitCommand<Exclude<Reply<Committed>, Refusal>>(
    ports,
    caller.insurer,
    now,
    async (transaction) => {
      const before = await keeper?.find(transaction);
      if (before) return before;
      const world = await claimWorld(transaction, claim);
      if (!world) return refuse("not-found", "There is no such claim.");
      const event = ruleOnClaim(world, ruling, act);
      if (isRefusal(event)) return event;
      const committed = committedView(claim, "decided", await transaction.append(event, act));
      await proposeAward(transaction, claim, payout, act);
      keeper?.keep(transaction, world.claim.state.insured, decideReply(committed));
      return { committed };
    },
  );
}
