import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, textReply } from "../http/reply.ts";

const maxWaitSeconds = 10;
const pollMs = 250;

/** Seconds of `Prefer: wait=N` (RFC 7240 §4.3), at most 10; 0 without one. */
export function waitSeconds(prefer: string | undefined): number {
  const match = /(?:^|[,;\s])wait=(\d{1,4})(?=$|[,;\s])/i.exec(prefer ?? "");
  return Math.min(Number(match?.[1] ?? 0), maxWaitSeconds);
}

/** `GET /records/{leafHash}/receipt`: the receipt; 202 until a checkpoint covers the record, if need be after the wait asked for. */
export async function readReceipt(
  claims: ClaimsPort,
  { params, callers, header }: HttpRequest<{ leafHash: string }, unknown>,
  sleep: (ms: number) => Promise<unknown>,
): Promise<HttpReply | Refusal> {
  const wait = waitSeconds(header("prefer"));
  const applied: Record<string, string> = wait > 0 ? { "preference-applied": `wait=${wait}` } : {};
  const ask = () => firstFound(callers, (caller) => claims.receipt(caller, params.leafHash));
  let receipt = await ask();
  for (let left = (wait * 1000) / pollMs; "pending" in receipt && left > 0; left--) {
    await sleep(pollMs);
    receipt = await ask();
  }
  if (isRefusal(receipt)) return receipt;
  if ("text" in receipt) return textReply(receipt.text, 200, applied);
  return textReply("", 202, { "retry-after": "1", ...applied });
}
