import { submitReply } from "../../shared/api/committed-reply.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { type Submitted, submitClaim } from "../../shared/claim/submit.ts";
import type { Caller, Committed, Idempotency, Reply } from "../../shared/ports/claims.ts";
import { type CommandPorts, commitCommand } from "./commit.ts";
import { newHandle } from "./handle.ts";
import { replyKeeper } from "./kept-reply.ts";
import type { Appended } from "./transaction.ts";

/** The act of a caller at `now`: a machine signs nothing. */
export const actOf = (caller: Caller, now: Instant): Act =>
  caller.kind === "machine"
    ? { kind: "machine", now }
    : {
        kind: caller.kind,
        now,
        signatory: { person: caller.person, credential: caller.credential },
      };

/** What a command answers once its record is drafted. */
export const committedView = (
  claim: Handle,
  status: string,
  { record, leafHash, bytes, openings }: Appended,
): Committed => ({
  claim,
  status,
  record: {
    leafHash: Buffer.from(leafHash).toString("hex"),
    type: record.type,
    version: record.version,
    bytes: Buffer.from(bytes).toString("utf8"),
  },
  openings: openings.map((opening, index) => ({ ...opening, index })),
});

/** First notice of loss by a claimant, or by the insurer's own intake for someone. */
export async function submit(
  ports: CommandPorts,
  caller: Caller,
  submission: Submission,
  idempotency: Idempotency,
  now: Instant,
): Promise<Reply<Committed>> {
  if (caller.role !== "claimant" && caller.role !== "intake") {
    return refuse("not-permitted", "Claims come from claimants and intakes.");
  }
  const submitter = { person: caller.person, channel: caller.role } as const;
  const keeper = await replyKeeper(ports, caller, idempotency);
  const claim = newHandle(ports.random);
  const act = actOf(caller, now);
  return commitCommand<Exclude<Reply<Committed>, Refusal>>(
    ports,
    caller.insurer,
    now,
    async (transaction) => {
      const named = submission.policy;
      const [before, insurer, policy] = await Promise.all([
        keeper.find(transaction),
        transaction.insurer(),
        named ? transaction.stream("policy", named) : undefined,
      ]);
      if (before) return before;
      const event = submitClaim(insurer, policy, claim, submission, submitter, act);
      if (isRefusal(event)) return event;
      const committed = committedView(claim, "submitted", await transaction.append(event, act));
      const { insured } = event.content as Submitted;
      keeper.keep(transaction, insured, submitReply(committed));
      return { committed };
    },
  );
}
