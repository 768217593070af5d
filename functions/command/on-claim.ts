import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import { claimPath, keptJson } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { committedStatus, perform, refuseStale } from "./perform.ts";
import { recordedOf } from "./recorded.ts";
import type { CommandTransaction } from "./transaction.ts";

/** What somebody does to a claim, on what the transaction reads of it. */
export type ClaimAct = (world: ClaimWorld, act: Act) => DomainEvent | Refusal;

/**
 * Runs one act on one claim: the caller's key and If-Match, then `judge`. The answer says where the claim stands after it, and its new tag. Refused as
 * "not-found" where the insurer has no such claim.
 */
export function onClaim(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  asked: Asked,
  now: Instant,
  judge: ClaimAct,
): Promise<Reply<CommittedClaim>> {
  return perform(ports, caller, asked, now, async (transaction, act) => {
    const world = await claimWorld(transaction, claim);
    if (!world) return refuse("not-found", "There is no such claim.");
    const stale = refuseStale(asked, world.claim.version, world.claimAccumulator.version);
    if (stale) return stale;
    const event = judge(world, act);
    if (isRefusal(event)) return event;
    const recorded = recordedOf(await transaction.append(event, act));
    const { status, etag } = await standing(transaction, claim);
    const result = { claim, status, ...recorded };
    const placed = asked.idempotency ? { location: claimPath(claim) } : {};
    const headers = { status: committedStatus(asked), ...placed, etag };
    const reply = keptJson(committedClaimSchema, result, headers);
    return { result, reply, about: world.claim.state.insured };
  });
}

/** Where a claim stands at this point of the transaction, and its tag. */
export async function standing(transaction: CommandTransaction, claim: Handle) {
  const [seen, accumulator] = await Promise.all([
    transaction.stream("claim", claim),
    transaction.accumulator(`claim/${claim}`),
  ]);
  assert(seen !== undefined, "a claim just acted on is there");
  return { status: seen.state.status, etag: etagOf(seen.version, accumulator.version) };
}
