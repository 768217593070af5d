import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, textReply } from "../http/reply.ts";
import { publishedFile } from "./published.ts";

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
  { params, header }: HttpRequest<{ leafHash: string }, unknown>,
  sleep: (ms: number) => Promise<unknown>,
): Promise<HttpReply | Refusal> {
  const wait = waitSeconds(header("prefer"));
  const applied: Record<string, string> = wait > 0 ? { "preference-applied": `wait=${wait}` } : {};
  let receipt = await claims.receipt(params.leafHash);
  for (let left = (wait * 1000) / pollMs; receipt === "pending" && left > 0; left--) {
    await sleep(pollMs);
    receipt = await claims.receipt(params.leafHash);
  }
  if (receipt === undefined) return refuse("not-found", "No record has this leaf hash.");
  if (receipt !== "pending") return textReply(receipt.text, 200, applied);
  return textReply("", 202, { "retry-after": "1", ...applied });
}

/** `GET /logs/{insurer}/tile/entries/{path+}`: an entry bundle, for an auditor of this insurer. */
export const readEntries = (
  published: ObjectStore,
  { params, header }: HttpRequest<{ insurer: string; path: string }, unknown>,
): Promise<HttpReply | Refusal> =>
  publishedFile(published, params.insurer, `tile/entries/${params.path}`, header("if-none-match"));
