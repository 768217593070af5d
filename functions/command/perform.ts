import type { KeptReply } from "../../shared/api/committed-reply.ts";
import { etagOf, matchesTag } from "../../shared/api/etag.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, type RefusalCode, refuse } from "../../shared/base/refusal.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import { actOf } from "./act.ts";
import { type CommandPorts, commitCommand } from "./commit.ts";
import { replyKeeper } from "./kept-reply.ts";
import type { CommandTransaction } from "./transaction.ts";

/** What a command did: its reply, and the person whose data key closes the reply where it is kept, beside the caller's. */
export interface Done<T> {
  readonly result: T;
  readonly reply: KeptReply;
  readonly about: Handle;
}

/** A command on what the transaction reads; it appends, or refuses. */
export type Command<T> = (transaction: CommandTransaction, act: Act) => Promise<Done<T> | Refusal>;

/** Answers about this request, its caller or a moment: asked again, they are asked anew. Every other refusal is kept under the key like a result. */
const ofTheMoment: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "not-found",
  "not-permitted",
  "not-now",
  "no-policy",
  "key-reused",
  "stale",
  "erased",
]);

/**
 * Runs a caller's command in one transaction, once per Idempotency-Key: the row of the key is written in that transaction, so of two requests at the same
 * time one loses its race, starts again and finds the other's reply. What the domain refused is kept as well, by a transaction that
 * writes nothing else. What is `foreseen` is read along with the key. Throws Unavailable; then nothing is kept.
 */
export async function perform<T>(
  ports: CommandPorts,
  caller: Caller,
  { idempotency, traceparent }: Asked,
  now: Instant,
  command: Command<T>,
  foreseen: Parameters<CommandTransaction["foresee"]>[0] = {},
): Promise<Reply<T>> {
  const keeper = idempotency && replyKeeper(ports, caller, idempotency);
  const act = actOf(caller, now);
  type Answer = Exclude<Reply<T>, Refusal>;
  const body = async (transaction: CommandTransaction): Promise<Answer | Refusal> => {
    const [before] = await Promise.all([keeper?.find(transaction), transaction.foresee(foreseen)]);
    if (before) return before;
    const done = await command(transaction, act);
    if (isRefusal(done)) {
      if (!ofTheMoment.has(done.refused)) await keeper?.keepRefusal(transaction, done);
      return done;
    }
    await keeper?.keep(transaction, done.about, done.reply);
    return { committed: done.result, reply: done.reply };
  };
  return commitCommand(ports, caller.insurer, now, body, traceparent);
}

/** The status of a command's answer: what a PUT says holds now (200), anything else made a record (201). */
export const committedStatus = ({ idempotency }: Asked): number => (idempotency ? 201 : 200);

/** Refused as "stale" where the caller's If-Match names no tag of what now has these versions. */
export function refuseStale(
  { ifMatch }: Asked,
  ...versions: readonly bigint[]
): Refusal | undefined {
  if (ifMatch === undefined || matchesTag(ifMatch, etagOf(...versions))) return undefined;
  return refuse("stale", "It has changed since: read it again.");
}
