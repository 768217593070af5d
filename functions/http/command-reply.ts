import type { KeptReply } from "../../shared/api/committed-reply.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Reply } from "../../shared/ports/claims.ts";
import type { HttpReply } from "./reply.ts";

/** What was refused under this Idempotency-Key the first time, and is again. */
export interface ReplayedRefusal {
  readonly keptRefusal: Refusal;
}

/** A command that was done, now or the first time. */
type Answered<T> = Extract<Reply<T>, { readonly reply: unknown } | { readonly kept: unknown }>;

const replayed = { "idempotency-replayed": "true" };

/**
 * The answer to a command of the log of `insurer`: the same bytes whether it was committed now, which wakes the log's next job, or is kept from the first
 * time, which it says.
 */
export function commandReply<T>(insurer: string, reply: Answered<T>): HttpReply;
export function commandReply<T>(
  insurer: string,
  reply: Reply<T>,
): HttpReply | Refusal | ReplayedRefusal;
export function commandReply<T>(
  insurer: string,
  reply: Reply<T>,
): HttpReply | Refusal | ReplayedRefusal {
  if (isRefusal(reply) || "keptRefusal" in reply) return reply;
  if ("kept" in reply) return httpReply(reply.kept, replayed);
  return { ...httpReply(reply.reply, {}), wakes: insurer };
}

const httpReply = (
  { status, location, etag, body }: KeptReply,
  more: Readonly<Record<string, string>>,
): HttpReply => ({
  status,
  headers: {
    "content-type": "application/json",
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
    ...more,
  },
  body,
  record: /"leafHash":"([0-9a-f]{64})"/.exec(fromUtf8(body, "kept reply"))?.[1],
  ...(location === undefined ? {} : { stream: streamAt(location) }),
});

/** The stream that lies at this path. */
const streamAt = (path: string): Handle | undefined =>
  /^\/(?:claims|policies|payouts)\/([0-9a-f]{32})$/.exec(path)?.[1];
