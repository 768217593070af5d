import * as z from "zod";
import { signatorySchema } from "../base/actor.ts";
import { bankPartyJson, bankPartySchema } from "../base/bank-party.ts";
import { toHex } from "../base/bytes.ts";
import { canonicalBytes } from "../base/canonical.ts";
import { countCodec, handleSchema, instantCodec, type Money, moneyCodec } from "../base/codec.ts";
import { eventForm } from "../base/event.ts";
import { inputSchema, readingSchema } from "../base/inputs.ts";
import { formatAmount } from "../base/money.ts";
import { sha256 } from "../base/sha256.ts";
import { type Head, heads } from "../claim/heads.ts";
import { type Payee, payeeSchema } from "../claim/submission.ts";
import { messageLimits } from "../iso20022/message-limits.ts";
import { bankReports, bases, hashSchema, instalmentSchema, lineBreaks } from "./state.ts";

const acted = { now: instantCodec, by: signatorySchema.optional() };
const staff = ["by"] as const;

/** A payout begins: which claim, how much, to whom, under which band. */
export const proposedSchema = () =>
  z.strictObject({
    ...acted,
    claim: handleSchema,
    claimVersion: countCodec,
    insured: handleSchema,
    amount: moneyCodec,
    payee: payeeSchema,
    inputs: z.array(inputSchema).max(8),
    accumulators: z.array(readingSchema).max(2),
    bandsVersion: countCodec,
    approvers: countCodec,
    binding: hashSchema,
    head: z.enum(heads),
    /** Of a claim that is open again, or an instalment; absent: at once, of a decided claim. */
    timing: z.union([z.literal("interim"), instalmentSchema]).optional(),
    /** The fund of the rule pack that pays, where one does. */
    fund: z.string().max(64).optional(),
    /** The payout this one pays again. */
    replaces: handleSchema.optional(),
  });
export const proposedForm = eventForm("payout.proposed", proposedSchema, {
  financial: ["amount", "payee", "accumulators", "binding"],
  staff,
});

/** The list a payee was screened against, with its version. */
const listSchema = z.string().min(1).max(120);

/** The sanctions screening of the payee: which list version said what, and when. Anything but "clear" holds the payout. */
export const screenedSchema = () =>
  z.strictObject({
    ...acted,
    list: listSchema,
    result: z.enum(["clear", "hit", "error"]),
  });
export const screenedForm = eventForm("payout.screened", screenedSchema, { staff });

/** One approval, bound by hash to account, amount, currency and claim version. */
export const approvedSchema = () =>
  z.strictObject({
    ...acted,
    binding: hashSchema,
    accumulators: z.array(readingSchema).max(2),
  });
export const approvedForm = eventForm("payout.approved", approvedSchema, {
  financial: ["binding", "accumulators"],
  staff,
});

/** A payment file: its handle, the SHA-256 of its bytes and how many payments it orders. */
export const fileSchema = z.strictObject({
  handle: handleSchema,
  sha256: hashSchema,
  payments: countCodec,
});

/** A person releases a payment file; one record per payout in it, with who pays, and the list that cleared its payee again, and when. */
export const releasedSchema = () =>
  z.strictObject({
    ...acted,
    file: fileSchema,
    payer: bankPartySchema,
    binding: hashSchema,
    list: listSchema,
    screenedAt: instantCodec,
    /** When the person ordered what was then carried out in its window; absent: they released it by hand. */
    orderedAt: instantCodec.optional(),
  });
export const releasedForm = eventForm("payout.released", releasedSchema, {
  financial: ["binding"],
  staff,
});

/**
 * What the bank said: a report that moves the payout; a break, which moves nothing: of which kind, and what the bank had said; or that it took back what was a
 * break ("reversed").
 */
export const reportedSchema = () =>
  z.strictObject({
    ...acted,
    report: z.enum([...bankReports, "break", "reversed"]),
    break: z.strictObject({ kind: z.enum(lineBreaks), said: z.enum(bankReports) }).optional(),
    /** As the bank wrote it, of whatever size. */
    amount: z
      .strictObject({
        currency: z.string().regex(/^[A-Z]{3}$/),
        decimal: z
          .string()
          .max(messageLimits.textLength)
          .regex(/^[0-9]+(\.[0-9]{1,17})?$/),
      })
      .optional(),
    reference: z.string().max(120),
    /** SHA-256 of the message's bytes. */
    message: hashSchema,
    /** What the bank charges the insurer for it. */
    fee: moneyCodec.optional(),
  });
export const reportedForm = eventForm("payout.reported", reportedSchema, {
  financial: ["amount", "reference", "fee"],
  staff,
});

/** A person closes a break of a payout, by its number from 1, and says how it was cleared up. */
const breakClosedSchema = () =>
  z.strictObject({
    ...acted,
    number: countCodec,
    reason: z.string().min(1).max(4000),
  });
export const breakClosedForm = eventForm("payout.break-closed", breakClosedSchema, { staff });
export type BreakClosed = z.output<ReturnType<typeof breakClosedSchema>>;

/** Money came back for a paid payout, otherwise than by its bank: how much, why, under which reference. */
const recoveredSchema = () =>
  z.strictObject({
    ...acted,
    amount: moneyCodec,
    basis: z.enum(bases),
    reference: z.string().min(1).max(120),
  });
export const recoveredForm = eventForm("payout.recovered", recoveredSchema, {
  financial: ["amount", "reference"],
  staff,
});

const endedSchema = () => z.strictObject({ ...acted, reason: z.string().min(1).max(4000) });
export const stoppedForm = eventForm("payout.stopped", endedSchema, { staff });
export const voidedForm = eventForm("payout.voided", endedSchema, { staff });

/** Another payout, `successor`, pays this one again; its own end stays what it was. */
export const reissuedSchema = () => z.strictObject({ ...acted, successor: handleSchema });
export const reissuedForm = eventForm("payout.reissued", reissuedSchema, { staff });

export type Reissued = z.output<ReturnType<typeof reissuedSchema>>;
export type Proposed = z.output<ReturnType<typeof proposedSchema>>;
export type Screened = z.output<ReturnType<typeof screenedSchema>>;
export type Approved = z.output<ReturnType<typeof approvedSchema>>;
export type Released = z.output<ReturnType<typeof releasedSchema>>;
export type Reported = z.output<ReturnType<typeof reportedSchema>>;
export type Recovered = z.output<ReturnType<typeof recoveredSchema>>;
export type Ended = z.output<ReturnType<typeof endedSchema>>;

/** SHA-256 that ties an approval to exactly this payee (name, account, BIC), head, amount, currency, claim and claim version. */
export const bindingOf = (
  { payee, amount, head }: { readonly payee: Payee; readonly amount: Money; readonly head: Head },
  claim: string,
  claimVersion: bigint,
): string =>
  toHex(
    sha256(
      canonicalBytes([
        bankPartyJson(payee),
        formatAmount(amount.minor, amount.currency),
        amount.currency,
        claim,
        claimVersion.toString(),
        head,
      ]),
    ),
  );
