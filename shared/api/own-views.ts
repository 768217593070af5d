import * as z from "zod";
import { dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { claimStatuses } from "../claim/state.ts";
import { submissionSchema } from "../claim/submission.ts";
import { partySchema } from "../policy/policy.ts";
import { decisionSchema } from "./claim-view.ts";
import { statusSchema } from "./committed.ts";
import { insurerSchema } from "./insurer-id.ts";
import { pageOf, pageQuery } from "./page.ts";

/** Lists of somebody's own: of one insurer, or of all where they are known. */
const ownQuery = { ...pageQuery, insurer: insurerSchema.optional() };

export const ownClaimsQuery = z.strictObject({
  ...ownQuery,
  status: z.enum(claimStatuses).optional(),
});
export const ownPoliciesQuery = z.strictObject(ownQuery);

/** A claim in a list; all of it is at `/claims/{claim}`. */
export const claimSummarySchema = z.strictObject({
  claim: handleSchema,
  insurer: insurerSchema,
  policy: handleSchema.optional(),
  status: statusSchema,
  event: submissionSchema.shape.event,
  lossDate: dayCodec,
  submittedAt: instantCodec,
  claimed: moneyCodec,
  /** The decision in force, unless it only refers the claim to a person. */
  decision: decisionSchema
    .pick({ outcome: true, amount: true, reasonCode: true, decidedBy: true, decidedAt: true })
    .optional(),
});
export type ClaimSummary = z.output<typeof claimSummarySchema>;
export const claimPageSchema = pageOf(claimSummarySchema);

/** What counts towards a deductible or a limit of the policy's rules so far, by the rule's name and period. */
const countedSchema = z.strictObject({ name: z.string(), amount: moneyCodec });

/** A policy as a party to it sees it, and its insurer. Without a limit nothing is `left` or spent; where the amounts were erased, they are absent. */
export const policyViewSchema = z.strictObject({
  policy: handleSchema,
  insurer: insurerSchema,
  status: statusSchema,
  coverage: z.string(),
  start: dayCodec,
  /** The first day without cover; null: it has no end. */
  end: dayCodec.nullable(),
  insured: handleSchema,
  /** For the insured and who acts for them, and for the insurer, as are `approved`, `left` and `counted`. */
  birthDate: dayCodec.nullable().optional(),
  /** What the caller is to the policy; empty for the insurer's people. */
  roles: z.array(partySchema.shape.role).readonly(),
  /** Everybody's handles: for the insurer's people. */
  parties: z.array(partySchema).readonly().optional(),
  limit: moneyCodec.nullable(),
  approved: moneyCodec.optional(),
  left: moneyCodec.optional(),
  counted: z.array(countedSchema).readonly(),
  pack: handleSchema,
});
export type PolicyView = z.output<typeof policyViewSchema>;
export const policyPageSchema = pageOf(policyViewSchema);
