import * as z from "zod";
import { bankPartySchema } from "../base/bank-party.ts";
import { countCodec, dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { heads } from "../claim/heads.ts";
import { bankReports, bases, lineBreaks, payoutStatuses } from "../payout/state.ts";
import { pageOf, pageQuery } from "./page.ts";

/** Statuses in which somebody still has something to do or to wait for. */
const underWay = ["scheduled", "proposed", "screened", "held", "approved", "released"] as const;

/** What the list of payouts can be asked for; without a status: those under way. */
export const payoutsQuerySchema = z.strictObject({
  status: z.enum(payoutStatuses).optional(),
  ...pageQuery,
});
export type PayoutsQuery = z.output<typeof payoutsQuerySchema>;

/** The statuses a query names. */
export const payoutStatusesAsked = ({
  status,
}: Pick<PayoutsQuery, "status">): readonly (typeof payoutStatuses)[number][] =>
  status === undefined ? underWay : [status];

const listed = {
  payout: handleSchema,
  claim: handleSchema,
  status: z.enum(payoutStatuses),
  amount: moneyCodec,
  head: z.enum(heads),
  /** Persons it asks for beside who proposed it, and how many have approved. */
  approvers: countCodec,
  approvals: countCodec,
  /** The day before which an instalment is not paid. */
  due: dayCodec.nullable(),
  /** The payment file that carries it. */
  file: handleSchema.nullable(),
};

/** A payout in a list; `tag` is its ETag. */
const listedPayoutSchema = z.strictObject({
  ...listed,
  lastActAt: instantCodec,
  tag: z.string(),
});
export type ListedPayoutView = z.output<typeof listedPayoutSchema>;
export const payoutPageSchema = pageOf(listedPayoutSchema);

/** A payout as the insurer's people see it. */
export const payoutViewSchema = z.strictObject({
  ...listed,
  payee: bankPartySchema,
  interim: z.boolean(),
  /** Who proposed or approved it: none of them releases it. */
  persons: z.array(handleSchema).readonly(),
  releasedAt: instantCodec.nullable(),
  /** What a bank charged for it, in minor units. */
  fee: countCodec,
  replaces: handleSchema.nullable(),
  replacedBy: handleSchema.nullable(),
  breaks: z
    .array(
      z.strictObject({
        /** From 1, as `…/breaks/{number}/closing` names it. */
        number: z.int().positive(),
        kind: z.enum(lineBreaks),
        said: z.enum(bankReports),
        reference: z.string(),
        open: z.boolean(),
      }),
    )
    .readonly(),
  recoveries: z.array(z.strictObject({ amount: moneyCodec, basis: z.enum(bases) })).readonly(),
});
export type PayoutView = z.output<typeof payoutViewSchema>;
