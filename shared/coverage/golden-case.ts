import * as z from "zod";
import { date, id, integer, reasonCode, text } from "./words.ts";

const caseFacts = z.strictObject({
  claim: z.strictObject({
    event: z.enum(["illness", "accident", "death", "service"]),
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
});

/** A claim in readable form and what the pack must say about it. Amounts are minor units. */
export const goldenCase = z.strictObject({
  name: text(200),
  facts: caseFacts,
  expect: z.strictObject({
    outcome: z.enum(["PAY", "PAY_PART", "REFER"]),
    minor: integer.optional(),
    reasonCode,
    fund: id.optional(),
  }),
});
export type GoldenCase = z.output<typeof goldenCase>;
