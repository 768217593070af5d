import * as z from "zod";
import { utf8 } from "../base/bytes.ts";
import { committedClaimSchema } from "./committed.ts";

/** Where the receipt of the record with this leaf hash is. */
export const receiptPath = (leafHash: string): string => `/records/${leafHash}/receipt`;

/** Where a claim is. */
export const claimPath = (claim: string): string => `/claims/${claim}`;

/** Where a payout is. */
export const payoutPath = (payout: string): string => `/payouts/${payout}`;

/** Where a policy is. */
export const policyPath = (policy: string): string => `/policies/${policy}`;

/** A reply that an Idempotency-Key repeats: what is kept of it, byte for byte. */
export interface KeptReply {
  readonly status: number;
  /** The Location and ETag headers it has. */
  readonly location?: string | undefined;
  readonly etag?: string | undefined;
  readonly body: Uint8Array;
}

/** The reply `status` with `value` as `schema` writes it, the bigints as decimal strings; pure, so that the transaction that commits keeps the very bytes. */
export const keptJson = <T>(
  schema: z.ZodType<T>,
  value: T,
  { status = 201, ...headers }: Partial<Omit<KeptReply, "body">> = {},
): KeptReply => ({
  status,
  ...headers,
  body: utf8(`${JSON.stringify(z.encode(schema, value))}\n`),
});

/** The claim and leaf hash named in the body of a reply of committedClaimSchema. */
export function readCommittedClaim(body: string): { claim: string; leafHash: string } {
  const { claim, record } = z.decode(committedClaimSchema, JSON.parse(body));
  return { claim, leafHash: record.leafHash };
}
