import * as z from "zod";
import { utf8 } from "../base/bytes.ts";
import { type CommittedView, committedSchema } from "./claim-view.ts";

/** Where the receipt of the record with this leaf hash is. */
export const receiptPath = (leafHash: string): string => `/records/${leafHash}/receipt`;

/** Where a claim is. */
export const claimPath = (claim: string): string => `/claims/${claim}`;

/**
 * The reply of a committed command, pure, so that the transaction that commits can keep the very bytes an Idempotency-Key replays.
 * 201 with JSON of committedSchema, the bigints as decimal strings.
 */
export const committedReply = (
  committed: CommittedView,
): { readonly status: number; readonly body: Uint8Array } => ({
  status: 201,
  body: utf8(`${JSON.stringify(z.encode(committedSchema, committed))}\n`),
});

/** The reply of `POST /claims`. */
export const submitReply = committedReply;

/** The reply of `POST /claims/{id}/decisions`. */
export const decideReply = committedReply;

/** The claim and leaf hash named in the bytes of a {@link committedReply}. */
export function readCommittedReply(body: string): { claim: string; leafHash: string } {
  const { claim, record } = z.decode(committedSchema, JSON.parse(body));
  return { claim, leafHash: record.leafHash };
}
