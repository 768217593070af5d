import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import { claimPath, keptJson } from "../../shared/api/committed-reply.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { type Submitted, submitClaim } from "../../shared/claim/submit.ts";
import type { Caller, Idempotency, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { Erased } from "./erased.ts";
import { newHandle } from "./handle.ts";
import { type Command, perform } from "./perform.ts";
import { recordedOf } from "./recorded.ts";
import type { CommandTransaction } from "./transaction.ts";

/** First notice of loss by a claimant, or by the insurer's own intake for someone. */
export async function submit(
  ports: CommandPorts,
  caller: Caller,
  submission: Submission,
  idempotency: Idempotency,
  now: Instant,
  traceparent?: string,
): Promise<Reply<CommittedClaim>> {
  if (caller.role !== "claimant" && caller.role !== "intake") {
    return refuse("not-permitted", "Claims come from claimants and intakes.");
  }
  const submitter = { person: caller.person, channel: caller.role } as const;
  const claim = newHandle(ports.random);
  const { policy: named, onBehalfOf = caller.person } = submission;
  const submitting: Command<CommittedClaim> = async (transaction, act) => {
    const [insurer, policy] = await Promise.all([
      transaction.insurer(),
      named ? policyThere(transaction, named) : undefined,
    ]);
    const event = submitClaim(insurer, policy, claim, submission, submitter, act);
    if (isRefusal(event)) return event;
    const recorded = recordedOf(await transaction.append(event, act));
    const result = { claim, status: "submitted", ...recorded };
    const { insured } = event.content as Submitted;
    const reply = keptJson(committedClaimSchema, result, { location: claimPath(claim) });
    return { result, reply, about: insured };
  };
  // Whom a policy insures it says itself.
  const foreseen = { born: claim, policy: named, person: named ? undefined : onBehalfOf };
  return perform(ports, caller, { idempotency, traceparent }, now, submitting, foreseen);
}

/** The policy; one that was erased is not there: whoever names it may never have been a party to it. */
async function policyThere(transaction: CommandTransaction, policy: Handle) {
  try {
    return await transaction.stream("policy", policy);
  } catch (error) {
    if (error instanceof Erased) return undefined;
    throw error;
  }
}
