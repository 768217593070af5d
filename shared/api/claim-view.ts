import * as z from "zod";
import { actorKinds } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import { countCodec, dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { lineSchema, submissionSchema } from "../claim/submission.ts";

/** The name of a state: lower-case words joined by hyphens. */
const statusSchema = z.string().regex(/^[a-z]+(-[a-z]+)*$/);

/** An insurer's id, which is also its log's: the last part of the log's origin. */
export const insurerSchema = z.string().regex(/^[a-z0-9-]{1,63}$/, "is not an insurer's id");

/** An RFC 6962 leaf hash as 64 lower-case hex digits. */
export const leafHashSchema = z.string().regex(/^[0-9a-f]{64}$/, "is not 64 lower-case hex digits");

/** A record's place in its stream, and its name in the log. */
const recordRefSchema = z.strictObject({
  leafHash: leafHashSchema,
  type: z.string().regex(/^[a-z]+(\.[a-z-]+)+$/),
  version: countCodec,
});

/** One sealed field opened for its holder: RFC 8785 of [salt, path, value] is leaf `index` of the record's `sealed` tree. */
const openingSchema = z.strictObject({
  path: z.string(),
  salt: z.base64(),
  value: z.custom<Json>((value) => value !== undefined),
  index: z.int().nonnegative(),
});

/** What a committed command answers: the record, its leaf hash, the caller's openings. */
export const committedSchema = z.strictObject({
  claim: handleSchema,
  status: statusSchema,
  /** `bytes` is the record's canonical JSON, the very text that was hashed. */
  record: recordRefSchema.extend({ bytes: z.string() }),
  openings: z.array(openingSchema).readonly(),
});
export type CommittedView = z.output<typeof committedSchema>;

const decisionSchema = z.strictObject({
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
export const claimViewSchema = z.strictObject({
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
});
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
