import * as z from "zod";
import { countCodec, currencySchema, handleSchema, instantCodec } from "../base/codec.ts";
import { pageOf, pageQuery } from "./page.ts";

/** More entries than one job holds at once: `rules shadow`, which reads a bundle, is for these. */
export const maxShadowed = 100_000n;

const outcomeSchema = z.enum(["PAY", "PAY_PART", "REFER"]);

/** A difference in money as a decimal text: below zero against the insured. */
const differenceSchema = z.string().regex(/^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,3})?$/);
const sumSchema = z.strictObject({ count: countCodec, amount: differenceSchema });

/** Decisions that come out otherwise, by what was said and what would be, the most frequent first. */
const moveSchema = z.strictObject({
  from: z.strictObject({ outcome: outcomeSchema, reasonCode: z.string() }),
  to: z.strictObject({ outcome: outcomeSchema, reasonCode: z.string() }),
  count: countCodec,
});

/** The most moves that are told apart. */
export const maxMoves = 1_000;

/** What a draft would have decided. No amount of one claim stands in it, and nothing of whose claims they are. */
export const shadowResultSchema = z.strictObject({
  /** Decisions of the pack's earlier versions that were made again, each claim once. */
  judged: countCodec,
  changed: countCodec,
  moves: z.array(moveSchema).max(maxMoves).readonly(),
  totals: z
    .array(
      z.strictObject({
        currency: currencySchema,
        inFavour: sumSchema,
        against: sumSchema,
        /** Of those against: paid then, and now for a person to decide. */
        nowReferred: sumSchema,
        sameAmount: countCodec,
        net: differenceSchema,
      }),
    )
    .readonly(),
  notCompared: z.strictObject({
    withheld: countCodec,
    erased: countCodec,
    holes: countCodec,
    otherPacks: countCodec,
    otherCurrency: countCodec,
    superseded: countCodec,
    byPersons: countCodec,
  }),
  /** What the audit found wrong with the log: above 0 the past is not as it was recorded. */
  findings: countCodec,
});
export type ShadowResult = z.output<typeof shadowResultSchema>;

/** A shadow of a draft. */
export const shadowSchema = z.strictObject({
  shadow: handleSchema,
  draft: handleSchema,
  state: z.enum(["waiting", "done", "failed"]),
  /** Why it failed: the draft has errors, which reading it shows; the log can't be read; or three runs of it did not come to an end. */
  failure: z.enum(["draft-has-errors", "log-unreadable", "not-finished"]).nullable(),
  /** The entries it looks at: the log as it was signed when it was asked for. */
  entries: countCodec,
  result: shadowResultSchema.nullable(),
  expires: instantCodec,
});
export type ShadowView = z.output<typeof shadowSchema>;

/** A decision that would come out otherwise. */
export const changedDecisionSchema = z.strictObject({
  claim: handleSchema,
  /** The entry of the log that decided. */
  index: countCodec,
  from: outcomeSchema,
  to: outcomeSchema,
  effect: z.enum(["in-favour", "against", "same-amount"]),
  /** A person has ruled on the claim since, and the ruling stands. */
  ruledSince: z.boolean(),
});
export type ChangedDecision = z.output<typeof changedDecisionSchema>;
export const changedDecisionsSchema = pageOf(changedDecisionSchema);
export const changedQuerySchema = z.strictObject(pageQuery);
export type ChangedQuery = z.output<typeof changedQuerySchema>;

/** Where a shadow is. */
export const shadowPath = (insurer: string, draft: string, id: string): string =>
  `/insurers/${insurer}/drafts/${draft}/shadows/${id}`;
