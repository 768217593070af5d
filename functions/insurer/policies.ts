import { committedPolicySchema } from "../../shared/api/committed.ts";
import { keptJson, policyPath } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import { type Act, personOf } from "../../shared/base/actor.ts";
import type { DomainEvent, Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import {
  cancelPolicy,
  endorsePolicy,
  type PolicyState,
  type Terms,
} from "../../shared/policy/policy.ts";
import { newHandle } from "../command/handle.ts";
import { issueIn, refusePack } from "../command/issue-policy.ts";
import { type Done, perform, refuseStale } from "../command/perform.ts";
import { recordedOf } from "../command/recorded.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";
import { callerOf, firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";
import type { InsurerPorts } from "./ports.ts";

type Answer = Promise<HttpReply | Refusal | ReplayedRefusal>;
type On<Body> = HttpRequest<{ id: Handle }, Body>;

/** `POST /insurers/{insurer}/policies`. */
export async function issue(
  ports: InsurerPorts,
  { body: terms, callers, asked }: HttpRequest<unknown, Terms>,
  now: Instant,
): Answer {
  const caller = callerOf(callers);
  const policy = newHandle(ports.random);
  const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
    const issued = await issueIn(transaction, policy, terms, act);
    return isRefusal(issued) ? issued : policyDone(transaction, issued);
  });
  return commandReply(caller.insurer, reply);
}

/** `POST /policies/{id}/endorsements`: by a person, whose name the record seals; machines issue policies and change none. */
export const endorse = (
  ports: InsurerPorts,
  request: On<Terms & { reason: string }>,
  now: Instant,
): Answer => {
  const { reason, ...terms } = request.body;
  return changing(ports, request, now, async (transaction, insurer, policy, act) => {
    if (!personOf(act)) return refuse("person-required", "A person endorses a policy.");
    const unruled = await refusePack(transaction, terms);
    return unruled ?? endorsePolicy(insurer, policy, terms, reason, act);
  });
};

/** `POST /policies/{id}/cancellation`. */
export const cancel = (
  ports: InsurerPorts,
  request: On<{ reason: string }>,
  now: Instant,
): Answer =>
  changing(ports, request, now, async (_, insurer, policy, act) =>
    cancelPolicy(insurer, policy, request.body.reason, act),
  );

/** Runs a change of the policy the path names; If-Match is of all that a reader is shown of it, its amounts included. */
const changing = (
  ports: InsurerPorts,
  { params, callers, asked }: On<unknown>,
  now: Instant,
  judge: (
    transaction: CommandTransaction,
    insurer: Seen<InsurerState>,
    policy: Seen<PolicyState>,
    act: Act,
  ) => Promise<DomainEvent | Refusal>,
): Answer =>
  firstFound(callers, async (caller) => {
    const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
      const [policy, insurer, accumulator] = await Promise.all([
        transaction.stream("policy", params.id),
        transaction.insurer(),
        transaction.accumulator(`policy/${params.id}`),
      ]);
      if (!policy) return refuse("not-found", "There is no such policy.");
      const stale = refuseStale(asked, policy.version, accumulator.version);
      if (stale) return stale;
      const event = await judge(transaction, insurer, policy, act);
      if (isRefusal(event)) return event;
      return policyDone(transaction, await transaction.append(event, act));
    });
    return commandReply(caller.insurer, reply);
  });

async function policyDone(
  transaction: CommandTransaction,
  appended: Appended,
): Promise<Done<{ readonly policy: Handle }>> {
  const policy = appended.event.stream;
  const [seen, accumulator] = await Promise.all([
    transaction.stream("policy", policy),
    transaction.accumulator(`policy/${policy}`),
  ]);
  assert(seen !== undefined, "a policy just recorded is there");
  const { status, terms } = seen.state;
  const etag = etagOf(seen.version, accumulator.version);
  const value = { policy, status, ...recordedOf(appended) };
  const reply = keptJson(committedPolicySchema, value, { location: policyPath(policy), etag });
  return { result: { policy }, reply, about: terms.insured };
}
