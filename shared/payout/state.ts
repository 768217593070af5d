import * as z from "zod";
import { countCodec, handleSchema, moneyCodec } from "../base/codec.ts";
import { payeeSchema } from "../claim/submission.ts";

/** Where a payout stands. */
export const payoutStatuses = [
  "proposed",
  "screened",
  "held",
  "approved",
  "released",
  "settled",
  "rejected",
  "returned",
  "recalled",
  "stopped",
  "voided",
] as const;
export type PayoutStatus = (typeof payoutStatuses)[number];

export const payoutStateSchema = z.strictObject({
  status: z.enum(payoutStatuses),
  claim: handleSchema,
  /** The claim's version the payout was proposed on: a later act on the claim voids the approval. */
  claimVersion: countCodec,
  insured: handleSchema,
  payee: payeeSchema,
  amount: moneyCodec,
  /** Persons this payout's band asks for, and the persons who have approved or proposed it. */
  approvers: countCodec,
  persons: z.array(handleSchema).max(8),
  binding: z.string(),
  file: z.string().nullable(),
  /** The payout this one pays again, and the one that pays this one again. */
  replaces: handleSchema.nullable().default(null),
  replacedBy: handleSchema.nullable().default(null),
});
export type PayoutState = z.output<typeof payoutStateSchema>;
