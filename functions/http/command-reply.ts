import { claimPath, committedReply, readCommittedReply } from "../../shared/api/committed-reply.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Committed, Reply } from "../../shared/ports/claims.ts";
import type { HttpReply } from "./reply.ts";

/** The answer to a command: the same bytes whether it was committed now or is kept from the first time (then it says so). */
export function commandReply(reply: Reply<Committed>): HttpReply | Refusal {
  if (isRefusal(reply)) return reply;
  const { status, body } = "kept" in reply ? reply.kept : committedReply(reply.committed);
  const { claim } = readCommittedReply(fromUtf8(body, "kept reply"));
  return {
    status,
    headers: {
      "content-type": "application/json",
      location: claimPath(claim),
      ...("kept" in reply ? { "idempotency-replayed": "true" } : {}),
    },
    body,
  };
}
