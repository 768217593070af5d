import * as z from "zod";
import { type BankParty, bankPartySchema } from "../base/bank-party.ts";
import { claimEvents } from "../base/claim-event.ts";
import { dayCodec, handleSchema, moneyCodec } from "../base/codec.ts";

/** A diagnosis code with its system. */
export const diagnosisSchema = z.strictObject({
  system: z.enum(["icd-10", "snomed"]),
  code: z.string().regex(/^[A-Z0-9.]{1,18}$/),
});
export type Diagnosis = z.output<typeof diagnosisSchema>;

/** One service line: what was claimed, and, where a contract fixes it, what the plan's schedule allows. */
export const lineSchema = z
  .strictObject({
    service: z.string().min(1).max(120),
    claimed: moneyCodec,
    /** The contracted amount with where it came from; only the insurer's own intake may state it. */
    contracted: z
      .strictObject({ amount: moneyCodec, source: z.string().min(1).max(120) })
      .optional(),
  })
  .meta({ id: "ClaimLine" });
export type Line = z.output<typeof lineSchema>;

/** Whom a payout goes to. */
export const payeeSchema = bankPartySchema;
export type Payee = BankParty;

/** What another insurer paid for the same charges, and where that stands (its statement's number, say). */
export const otherPayerSchema = z.strictObject({
  payer: z.string().min(1).max(120),
  paid: moneyCodec,
  source: z.string().min(1).max(120),
});

/**
 * First notice of loss: what a claimant states. `claimed` is the sum of the lines, all in one currency. Without a policy the claim can only
 * be referred. `onBehalfOf` names the insured person when the caller is the insurer's intake.
 */
export const submissionSchema = z.strictObject({
  policy: handleSchema.optional(),
  onBehalfOf: handleSchema.optional(),
  event: z.enum(claimEvents),
  lossDate: dayCodec,
  diagnosisDate: dayCodec.optional(),
  diagnoses: z.array(diagnosisSchema).max(50),
  lines: z.array(lineSchema).min(1).max(100),
  payee: payeeSchema.optional(),
  otherPayer: otherPayerSchema.optional(),
  narrative: z.string().max(4000).optional(),
});
export type Submission = z.output<typeof submissionSchema>;
