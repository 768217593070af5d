import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { ClaimsPort, Committed, Reply } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";

/** `POST /claims/{id}/decisions`: a person's ruling. No machine denies, whatever its role. */
export async function decideClaim(
  claims: ClaimsPort,
  { params, body, callers, idempotency }: HttpRequest<{ id: Handle }, Ruling>,
  now: Instant,
): Promise<HttpReply | Refusal> {
  const reply = await firstFound(callers, async (caller): Promise<Reply<Committed>> => {
    if (caller.kind === "machine" && body.outcome === "DENY") {
      return refuse("person-required", "Only a person denies a claim.", "outcome");
    }
    return claims.decide(caller, params.id, body, idempotency, now);
  });
  return isRefusal(reply) ? reply : commandReply(reply);
}
