import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { DecisionsPort } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, textReply } from "../http/reply.ts";

/** `POST /claims/{id}/decisions`: a person's ruling. A machine's is refused where it is judged, after the claim was found. */
export const decideClaim = (
  decisions: DecisionsPort,
  { params, body, callers, asked }: HttpRequest<{ id: Handle }, Ruling>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> =>
  firstFound<HttpReply | ReplayedRefusal>(callers, async (caller) =>
    commandReply(caller.insurer, await decisions.decide(caller, params.id, body, asked, now)),
  );

/** `GET /claims/{id}/decisions/{version}/letter`. */
export async function readLetter(
  decisions: DecisionsPort,
  { params, callers }: HttpRequest<{ id: Handle; version: string }, unknown>,
): Promise<HttpReply | Refusal> {
  const { id, version } = params;
  const letter = await firstFound(callers, (caller) =>
    decisions.letter(caller, id, BigInt(version)),
  );
  return isRefusal(letter) ? letter : textReply(letter.text);
}
