import * as z from "zod";
import { actorKinds } from "../base/actor.ts";
import { dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { lineSchema, submissionSchema } from "../claim/submission.ts";
import { recordRefSchema, statusSchema } from "./committed.ts";
import { insurerSchema } from "./insurer-id.ts";

/** A decision as it is shown. */
export const decisionSchema = z.strictObject({
  outcome: z.enum(["PAY", "PAY_PART", "DENY", "REFER"]),
  amount: moneyCodec.optional(),
  reasonCode: z.string(),
  /** The clause of the pack or policy that the decision rests on. */
  citation: z.string().optional(),
  decidedBy: z.enum(actorKinds),
  decidedAt: instantCodec,
});

const payoutSchema = z.strictObject({
  payout: handleSchema,
  status: statusSchema,
  amount: moneyCodec,
});

/** A claim as one who may read it sees it. */
export const claimViewSchema = z
  .strictObject({
    claim: handleSchema,
    insurer: insurerSchema,
    policy: handleSchema.optional(),
    status: statusSchema,
    event: submissionSchema.shape.event,
    lossDate: dayCodec,
    claimed: moneyCodec,
    lines: z.array(lineSchema).readonly(),
    decisions: z.array(decisionSchema).readonly(),
    payouts: z.array(payoutSchema).readonly(),
    records: z.array(recordRefSchema).readonly(),
  })
  .meta({ id: "Claim" });
export type ClaimView = z.output<typeof claimViewSchema>;

/** One record of a claim, or of a payout of it, and whether a signed checkpoint covers it yet. */
const receiptEntrySchema = recordRefSchema.extend({
  signed: z.boolean(),
  /** The payout whose record it is; absent: the claim's own. */
  payout: handleSchema.optional(),
});
export type ReceiptEntry = z.output<typeof receiptEntrySchema>;

/** The records of a claim and of its payouts with the path of each receipt. */
export const receiptListSchema = z.strictObject({
  claim: handleSchema,
  records: z.array(receiptEntrySchema.extend({ receipt: z.string() })).readonly(),
});
