import type * as z from "zod";
import type { CommittedClaim } from "../../shared/api/committed.ts";
import { claimPath, keptJson } from "../../shared/api/committed-reply.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { isOwnClaim } from "../../shared/claim/own.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { standing } from "./on-claim.ts";
import { perform } from "./perform.ts";
import { recordedOf } from "./recorded.ts";

/** An act on a claim that is the caller's own, and how its answer is written: `also` says what stands in it beside the claim and its record. */
export interface OwnAct<T extends CommittedClaim> {
  readonly judge: (world: ClaimWorld, act: Act) => DomainEvent | Refusal;
  readonly schema: z.ZodType<T>;
  readonly also: Omit<T, keyof CommittedClaim>;
}

/**
 * Runs one act on the caller's own claim, once per key. It needs no If-Match: who acts knows their own claim, and what may follow what is judged on the state
 * that the transaction reads. To whom the claim is nothing it is not there.
 */
export async function onOwnClaim<T extends CommittedClaim>(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  asked: Asked,
  now: Instant,
  { judge, schema, also }: OwnAct<T>,
): Promise<Reply<T>> {
  const reply = await perform<T>(ports, caller, asked, now, async (transaction, act) => {
    const world = await claimWorld(transaction, claim);
    const terms = world?.cover?.policy.state.terms;
    if (!world || !isOwnClaim(world.claim.state, terms, caller.person)) {
      return notThere();
    }
    const event = judge(world, act);
    if (isRefusal(event)) return event;
    const recorded = recordedOf(await transaction.append(event, act));
    const { status, etag } = await standing(transaction, claim);
    const result = { claim, status, ...recorded, ...also } as T;
    const reply = keptJson(schema, result, { location: claimPath(claim), etag });
    return { result, reply, about: world.claim.state.insured };
  });
  // That a claim was erased is nothing to whom it may never have been.
  return isRefusal(reply) && reply.refused === "erased" ? notThere() : reply;
}

const notThere = (): Refusal => refuse("not-found", "There is no such claim.");
