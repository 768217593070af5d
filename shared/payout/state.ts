import * as z from "zod";
import { payoutBreaks } from "../base/bank-breaks.ts";
import { bankPartySchema } from "../base/bank-party.ts";
import { countCodec, dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { lazily } from "../base/lazily.ts";
import { heads } from "../claim/heads.ts";
import { payeeSchema } from "../claim/submission.ts";

/** Why paid money comes back: the payee got too much, or a third party owed it (subrogation). */
export const bases = ["overpayment", "subrogation"] as const;

/**
 * What a bank says of a released payout: paid; refused; given back unpaid because the insurer recalled it; or, of a paid one, come back (also
 * where a recall reached the payee's bank: a pacs.004 that answers a camt.056).
 */
export const bankReports = ["settled", "rejected", "recalled", "returned"] as const;
export type BankReport = (typeof bankReports)[number];

/** Most breaks a payout remembers. */
export const mostSaid = 16;

/** The breaks that a bank's line can be. */
export const lineBreaks = payoutBreaks.filter((kind) => kind !== "unanswered");

const saidWith = { reference: z.string().max(120), message: z.string().max(64) };

/** What moved a payout, at most three, and what reversed each of its breaks. */
const mostReports = mostSaid + 3;

/** A break of a payout. */
const brokenSchema = z.strictObject({
  kind: z.enum(lineBreaks),
  said: z.enum(bankReports),
  ...saidWith,
  /** Until the bank took back what it did, or a person closed it. */
  open: z.boolean(),
  /** Whether the bank says it paid what the log says did not go out: so much is not payable while it is open. */
  disputes: z.boolean(),
  /** The line by which the bank took it back. */
  reversedBy: z.strictObject(saidWith).nullable(),
});
export type Broken = z.output<typeof brokenSchema>;

/** Whether the bank says of this payout that it paid more than the log counts, and nobody has cleared that up. */
export const isDebitOpen = ({ breaks }: { readonly breaks: readonly Broken[] }): boolean =>
  breaks.some(({ open, said }) => open && said === "settled");

/** Most parts one payout is recovered in. */
export const mostRecoveries = 64;

/** Most payouts of one claim, of all heads and whatever became of them: commands read them all. */
export const mostPayouts = 1_000n;

/** Most instalments of one schedule: monthly for ten years. */
export const mostInstalments = 120n;

/** Which instalment of how many, and the day (UTC) before which it is not paid. */
export const instalmentSchema = z.strictObject({
  number: countCodec,
  of: countCodec,
  due: dayCodec,
});
export type Instalment = z.output<typeof instalmentSchema>;

/** A SHA-256 in hexadecimal. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a payout stands; "scheduled" is an instalment until it is screened. */
export const payoutStatuses = [
  "scheduled",
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

export const payoutStateSchema = lazily(() =>
  z.strictObject({
    status: z.enum(payoutStatuses),
    claim: handleSchema,
    /** The claim's version the payout was proposed on: a later act on the claim voids the approval. */
    claimVersion: countCodec,
    insured: handleSchema,
    payee: payeeSchema,
    amount: moneyCodec,
    head: z.enum(heads),
    /** Paid while the claim is open again. */
    interim: z.boolean(),
    instalment: instalmentSchema.nullable(),
    /** The fund that pays it; null: the insurer. */
    fund: z.string().max(64).nullable(),
    /** Persons this payout's band asks for, and the persons who have approved or proposed it. */
    approvers: countCodec,
    persons: z.array(handleSchema).max(8),
    /** How many approvals it has. */
    approvals: countCodec,
    binding: z.string().max(64),
    /** Versions of the records by which a bank said that it was paid, and that it came back. */
    settledAt: countCodec.nullable(),
    returnedAt: countCodec.nullable(),
    /** What banks said that moved it, and that contradicted it: by which of their numbers, in which message. */
    reports: z
      .array(z.strictObject({ report: z.enum([...bankReports, "reversed"]), ...saidWith }))
      .max(mostReports)
      .default([]),
    breaks: z.array(brokenSchema).max(mostSaid).default([]),
    /** What was recovered of it, each with its record's version. */
    recoveries: z
      .array(z.strictObject({ version: countCodec, amount: moneyCodec, basis: z.enum(bases) }))
      .max(mostRecoveries),
    /** What banks charged for it, in minor units. */
    fee: countCodec,
    /** The payment file that carries it, with when it was released, its SHA-256, how many payments are in it and who pays; null before. */
    file: handleSchema.nullable(),
    releasedAt: instantCodec.nullable(),
    fileHash: hashSchema.nullable(),
    filePayments: countCodec.nullable(),
    payer: bankPartySchema.nullable(),
    /** The payout this one pays again, and the one that pays this one again. */
    replaces: handleSchema.nullable().default(null),
    replacedBy: handleSchema.nullable().default(null),
  }),
);
export type PayoutState = z.output<ReturnType<typeof payoutStateSchema>>;

/** Minor units recovered of a payout so far, on any basis. */
export const recoveredOf = ({ recoveries }: Pick<PayoutState, "recoveries">): bigint =>
  recoveries.reduce((sum, { amount }) => sum + amount.minor, 0n);
