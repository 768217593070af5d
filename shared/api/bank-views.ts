import * as z from "zod";
import { breakKinds } from "../base/bank-breaks.ts";
import { countCodec, dayCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { pageOf, pageQuery } from "./page.ts";

/** A release to order: 1 to 100 payouts as one payment file, from when (inclusive) to when (exclusive). */
export const releaseOrderSchema = z.strictObject({
  payouts: z.array(handleSchema).min(1).max(100),
  opensAt: instantCodec,
  closesAt: instantCodec,
});

/** What became of an order. */
const orderStates = ["waiting", "carried-out", "refused", "lapsed", "cancelled"] as const;

/** An order that was given: the payment file it becomes. */
export const orderedSchema = z.strictObject({
  file: handleSchema,
  state: z.enum(orderStates),
});

export const ordersQuerySchema = z.strictObject({
  state: z.enum(orderStates).default("waiting"),
  ...pageQuery,
});
export type OrdersQuery = z.output<typeof ordersQuerySchema>;

/** An order in a list; what was ordered is absent where the data of who ordered was erased. */
const listedOrderSchema = orderedSchema.extend({
  person: handleSchema,
  opensAt: instantCodec,
  closesAt: instantCodec.optional(),
  payouts: z.array(handleSchema).readonly().optional(),
});
export type ListedOrderView = z.output<typeof listedOrderSchema>;
export const orderPageSchema = pageOf(listedOrderSchema);

export const breaksQuerySchema = z.strictObject({
  which: z.enum(["open", "all"]).default("open"),
  ...pageQuery,
});
export type BreaksQuery = z.output<typeof breaksQuerySchema>;

/** A difference between ledger, payment files and bank, oldest first. */
const listedBreakSchema = z.strictObject({
  kind: z.enum(breakKinds),
  /** The payout, or of a file's break the file. */
  about: handleSchema.nullable(),
  /** SHA-256 of the bank's message. */
  message: z.string().nullable(),
  openedAt: instantCodec,
  closedAt: instantCodec.nullable(),
  /** Days (UTC) since it was opened; to the day it was closed, if it was. */
  ageDays: countCodec,
});
export type ListedBreakView = z.output<typeof listedBreakSchema>;
export const breakPageSchema = pageOf(listedBreakSchema);

export const reconciliationsQuerySchema = z.strictObject(pageQuery);
export type ReconciliationsQuery = z.output<typeof reconciliationsQuerySchema>;

/** What a reconciliation came to; what it opened and closed is in its public record. */
const listedReconciliationSchema = z.strictObject({
  number: countCodec,
  day: dayCodec,
  payments: countCodec,
  matched: countCodec,
});
export const reconciliationPageSchema = pageOf(listedReconciliationSchema);
