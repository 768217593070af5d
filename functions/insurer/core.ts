import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { Refusal } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";

/** `POST /claims/{id}/decisions`: a person's ruling. A machine's is refused where it is judged, after the claim was found. */
export const decideClaim = (
  claims: ClaimsPort,
  { params, body, callers, asked }: HttpRequest<{ id: Handle }, Ruling>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> =>
  firstFound<HttpReply | ReplayedRefusal>(callers, async (caller) =>
    commandReply(caller.insurer, await claims.decide(caller, params.id, body, asked, now)),
  );
