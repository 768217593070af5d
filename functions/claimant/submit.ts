import type * as z from "zod";
import { readCommittedClaim } from "../../shared/api/committed-reply.ts";
import type { claimBodySchema } from "../../shared/api/routes/claimant.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Caller, ClaimsPort, Receipt } from "../../shared/ports/claims.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { Edge } from "../http/edge.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";
import { withMember } from "../http/with-member.ts";
import { type Pause, receiptWithin, waited, waitSeconds } from "./wait.ts";

const longestWaitSeconds = 3;

/** What submitting takes beside the port: what wakes the log's jobs, and how one waits for them. */
export interface Waiting {
  readonly wake: Edge["wake"];
  readonly pause: Pause;
}

/**
 * `POST /claims`: the caller's submission to the insurer it names, once per Idempotency-Key. With `Prefer: wait=N` the answer has the receipt as well, if
 * the record is signed within N seconds, at most 3.
 */
export async function submitClaim(
  claims: ClaimsPort,
  { body, callers, asked, header }: HttpRequest<unknown, z.output<typeof claimBodySchema>>,
  now: Instant,
  waiting: Waiting,
): Promise<HttpReply | Refusal | ReplayedRefusal> {
  const { insurer, ...submission } = body;
  const caller = callerOf(callers, insurer);
  assert(asked.idempotency !== undefined, "the stack demands a key");
  const reply = commandReply(
    insurer,
    await claims.submit(caller, submission, asked.idempotency, now, asked.traceparent),
  );
  const wait = waitSeconds(header("prefer"), longestWaitSeconds);
  if (wait === 0 || isRefusal(reply) || "keptRefusal" in reply) return reply;
  return withReceipt(claims, caller, reply, wait, waiting, asked.traceparent);
}

/**
 * The reply with the receipt beside what was committed, whose bytes stay as they are kept under the key; without it where it was not signed in time, or an
 * outage came between: the claim is committed all the same.
 */
async function withReceipt(
  claims: ClaimsPort,
  caller: Caller,
  { wakes, ...reply }: HttpReply,
  wait: number,
  { wake, pause }: Waiting,
  traceparent: string | undefined,
): Promise<HttpReply> {
  if (wakes !== undefined) await wake?.(wakes, traceparent);
  const committed = fromUtf8(reply.body, "reply");
  const { leafHash } = readCommittedClaim(committed);
  const receipt = await receiptWithin(() => claims.receipt(caller, leafHash), wait, pause).catch(
    noneYet,
  );
  const headers = { ...reply.headers, ...waited(wait) };
  if (isRefusal(receipt) || !("text" in receipt)) return { ...reply, headers };
  return withMember({ ...reply, headers }, "receipt", JSON.stringify(receipt.text));
}

function noneYet(error: unknown): Receipt {
  if (error instanceof Unavailable) return { pending: true };
  throw error;
}
