import type * as z from "zod";
import type { proposalSchema } from "../../shared/api/routes/insurer-payouts.ts";
import { claimWorld } from "../../shared/audit/reader.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { approvePayout, stopPayout, voidPayout } from "../../shared/payout/advance.ts";
import { type Recovery, recoverPayout } from "../../shared/payout/recover.ts";
import { closeBreak } from "../../shared/payout/report.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { newHandle } from "../command/handle.ts";
import { oneEvent, onPayout, type PayoutAct, payoutDone } from "../command/on-payout.ts";
import { perform, refuseStale } from "../command/perform.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";
import { proposeIn } from "../payouts/propose.ts";
import { reissueIn } from "../payouts/reissue.ts";
import { payoutState } from "./payout-reading.ts";
import type { InsurerPorts } from "./ports.ts";

type On<Body, Params = { id: Handle }> = HttpRequest<Params, Body>;
type Answer = Promise<HttpReply | Refusal | ReplayedRefusal>;
type Stated = z.output<typeof proposalSchema>;

/** `POST /claims/{id}/payouts`: of the claim's version that If-Match names. */
export const propose = (
  ports: InsurerPorts,
  { params, body, callers, asked }: On<Stated>,
  now: Instant,
): Answer =>
  firstFound(callers, async (caller) => {
    const payout = newHandle(ports.random);
    const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
      const world = await claimWorld(transaction, params.id);
      if (!world) return refuse("not-found", "There is no such claim.");
      const stale = refuseStale(asked, world.claim.version, world.claimAccumulator.version);
      if (stale) return stale;
      const { head, ...stated } = body;
      const wanted = { ...stated, ...(head ? { head } : {}) };
      const proposed = await proposeIn(transaction, params.id, { payout, asked: wanted }, act);
      return isRefusal(proposed) ? proposed : payoutDone(transaction, proposed);
    });
    return commandReply(caller.insurer, reply);
  });

/** Runs an act on the payout the path names, at the first of the caller's insurers that has it. */
const acting = (
  ports: InsurerPorts,
  { params, callers, asked }: On<unknown, { id: Handle }>,
  now: Instant,
  take: PayoutAct,
  after: (caller: Caller) => Promise<void> = async () => undefined,
): Answer =>
  firstFound(callers, async (caller) => {
    const reply = await onPayout(ports, caller, params.id, asked, now, take);
    await after(caller);
    return commandReply(caller.insurer, reply);
  });

/** `POST /payouts/{id}/approvals`: by a person; what needs none the platform approves by itself. */
export const approve = (ports: InsurerPorts, request: On<unknown>, now: Instant): Answer =>
  acting(
    ports,
    request,
    now,
    oneEvent((world, act) =>
      act.kind === "machine"
        ? refuse("person-required", "A person approves a payout.")
        : approvePayout(world, act),
    ),
  );

/** `POST /payouts/{id}/stop`. */
export const stop = (ports: InsurerPorts, request: On<{ reason: string }>, now: Instant): Answer =>
  acting(
    ports,
    request,
    now,
    oneEvent((world, act) => stopPayout(world, request.body.reason, act)),
  );

/** `POST /payouts/{id}/void`. */
export const voidOne = (
  ports: InsurerPorts,
  request: On<{ reason: string }>,
  now: Instant,
): Answer =>
  acting(
    ports,
    request,
    now,
    oneEvent((world, act) => voidPayout(world, request.body.reason, act)),
  );

/** `POST /payouts/{id}/recoveries`. */
export const recover = (ports: InsurerPorts, request: On<Recovery>, now: Instant): Answer =>
  acting(
    ports,
    request,
    now,
    oneEvent((world, act) => recoverPayout(world, request.body, act)),
  );

/** `POST /payouts/{id}/reissue`: the answer is about the payout that replaces it. */
export const reissue = (ports: InsurerPorts, request: On<unknown>, now: Instant): Answer => {
  const successor = newHandle(ports.random);
  return acting(ports, request, now, (transaction, world, act) =>
    reissueIn(transaction, world, successor, act),
  );
};

/**
 * `POST /payouts/{id}/breaks/{number}/closing`: first in the log, then in the list of breaks. Whoever asks again after a failure between the two puts the list
 * right, whatever they are answered.
 */
export const closeOne = (
  ports: InsurerPorts,
  request: On<{ reason: string }, { id: Handle; number: string }>,
  now: Instant,
): Answer => {
  const { params, body } = request;
  const close = oneEvent((world, act) =>
    closeBreak(world, BigInt(params.number), body.reason, act),
  );
  return acting(ports, request, now, close, async ({ insurer }) => {
    const seen = await payoutState(ports, insurer, params.id);
    if (isRefusal(seen)) return;
    const broken = seen.state.breaks[Number(params.number) - 1];
    if (!broken || broken.open) return;
    const { kind, message } = broken;
    await ports.bank.close(insurer, { kind, about: params.id, message }, now);
  });
};
