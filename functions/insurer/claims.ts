import type { Money } from "../../shared/base/codec.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { assignClaim } from "../../shared/claim/assign.ts";
import { type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import { changePayee } from "../../shared/claim/payee.ts";
import { reserveClaim } from "../../shared/claim/reserve.ts";
import type { Payee } from "../../shared/claim/submission.ts";
import { type ClaimAct, onClaim } from "../command/on-claim.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";
import type { InsurerPorts } from "./ports.ts";

type OnClaim<Body> = HttpRequest<{ id: Handle }, Body>;
type Answer = Promise<HttpReply | Refusal | ReplayedRefusal>;

/** Runs an act on the claim the path names, at the first of the caller's insurers that has it. */
const acting = (
  ports: InsurerPorts,
  { params, callers, asked }: OnClaim<unknown>,
  now: Instant,
  judge: ClaimAct,
): Answer =>
  firstFound(callers, async (caller) =>
    commandReply(caller.insurer, await onClaim(ports, caller, params.id, asked, now, judge)),
  );

/** `POST /claims/{id}/assignment`: to an adjuster of the same insurer, or to nobody. */
export const assign = (
  ports: InsurerPorts,
  request: OnClaim<{ assignee: Handle | null }>,
  now: Instant,
): Answer => {
  const { assignee } = request.body;
  return firstFound(request.callers, async (caller) => {
    const { insurer } = caller;
    const known = assignee === null || (await ports.desk.isStaff(insurer, assignee, "adjuster"));
    const judge: ClaimAct = (world, act) =>
      known
        ? assignClaim(world, assignee, act)
        : refuse("not-permitted", "Claims are assigned to adjusters of the insurer.", "assignee");
    return commandReply(
      insurer,
      await onClaim(ports, caller, request.params.id, request.asked, now, judge),
    );
  });
};

/** The endpoint of one step of a claim's life: acknowledgement, information request, reopening, closing. */
export const stepping =
  (name: StepName) =>
  (ports: InsurerPorts, request: OnClaim<{ text?: string | undefined }>, now: Instant): Answer =>
    acting(ports, request, now, (world, act) => stepClaim(world, name, request.body.text, act));

/** `PUT /claims/{id}/reserve`. */
export const reserve = (
  ports: InsurerPorts,
  request: OnClaim<{ reserve: Money; reason: string }>,
  now: Instant,
): Answer =>
  acting(ports, request, now, (world, act) =>
    reserveClaim(world, request.body.reserve, request.body.reason, act),
  );

/** `PUT /claims/{id}/payee`. */
export const putPayee = (
  ports: InsurerPorts,
  request: OnClaim<{ payee: Payee; reason: string }>,
  now: Instant,
): Answer =>
  acting(ports, request, now, (world, act) =>
    changePayee(world, request.body.payee, request.body.reason, act),
  );
