import { claimViewSchema, receiptListSchema } from "../../shared/api/claim-view.ts";
import { receiptPath } from "../../shared/api/committed-reply.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import { firstFound } from "../http/callers.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";

type Answer = Promise<HttpReply | Refusal>;
type ById = HttpRequest<{ id: Handle }, unknown>;

/** `GET /claims/{id}`. */
export async function readClaim(claims: ClaimsPort, { params, callers }: ById): Answer {
  const view = await firstFound(callers, (caller) => claims.claim(caller, params.id));
  return isRefusal(view) ? view : jsonReply(claimViewSchema, view.claim, { etag: view.etag });
}

/** `GET /claims/{id}/receipts`. */
export async function listReceipts(claims: ClaimsPort, { params, callers }: ById): Answer {
  const list = await firstFound(callers, (caller) => claims.receipts(caller, params.id));
  if (isRefusal(list)) return list;
  const records = list.records.map((record) => ({
    ...record,
    receipt: receiptPath(record.leafHash),
  }));
  return jsonReply(receiptListSchema, { claim: params.id, records });
}
