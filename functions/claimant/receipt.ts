import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, textReply } from "../http/reply.ts";
import { type Pause, receiptWithin, waited, waitSeconds } from "./wait.ts";

const longestWaitSeconds = 10;

/** `GET /records/{leafHash}/receipt`: the receipt; 202 until a checkpoint covers the record, if need be after the wait asked for. */
export async function readReceipt(
  claims: ClaimsPort,
  { params, callers, header }: HttpRequest<{ leafHash: string }, unknown>,
  pause: Pause,
): Promise<HttpReply | Refusal> {
  const wait = waitSeconds(header("prefer"), longestWaitSeconds);
  const ask = () => firstFound(callers, (caller) => claims.receipt(caller, params.leafHash));
  const receipt = await receiptWithin(ask, wait, pause);
  if (isRefusal(receipt)) return receipt;
  if ("text" in receipt) return textReply(receipt.text, 200, waited(wait));
  return textReply("", 202, { "retry-after": "1", ...waited(wait) });
}
