import * as z from "zod";
import { claimEvents } from "../base/claim-event.ts";
import { handleSchema } from "../base/codec.ts";
import { lazily } from "../base/lazily.ts";
import { date, id, integer, reasonCode, text } from "./words.ts";

const caseFacts = () =>
  z.strictObject({
    claim: z.strictObject({
      event: z.enum(claimEvents),
      lossDay: date,
      diagnosisDay: date.optional(),
      noticeDay: date.optional(),
      diagnoses: z.array(text(40)).max(100).optional(),
      claimed: integer,
      contracted: integer.optional(),
      otherPaid: integer.optional(),
      lines: z
        .array(
          z.strictObject({ service: text(120), claimed: integer, contracted: integer.optional() }),
        )
        .max(200)
        .optional(),
    }),
    policy: z
      .strictObject({
        coverage: text(120).optional(),
        startDay: date,
        endDay: date.optional(),
        limit: integer.optional(),
        remaining: integer.optional(),
      })
      .optional(),
    insured: z.strictObject({ birthDay: date }).optional(),
    /** What other claims added up to before, by accumulator: "annual-deductible/2021-01-01". */
    accumulated: z.record(text(80), integer.min(0)).optional(),
    /** The handle of a claim of the same loss that was decided before. */
    earlierClaim: handleSchema.optional(),
  });

/** A claim in readable form and what the pack must say about it. Amounts are minor units. */
export const goldenCase = lazily(() =>
  z.strictObject({
    name: text(200),
    facts: caseFacts(),
    expect: z.strictObject({
      outcome: z.enum(["PAY", "PAY_PART", "REFER"]),
      minor: integer.optional(),
      reasonCode,
      fund: id.optional(),
      /** What the claim adds to which accumulators, all of them. */
      counts: z.record(text(80), integer.min(0)).optional(),
    }),
  }),
);
export type GoldenCase = z.output<ReturnType<typeof goldenCase>>;
