import * as z from "zod";
import { countCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";

/** Why a person decided as they did; a closed list, so that decisions can be counted. */
export const rulingReasons = [
  "COVERED",
  "COVERED_AT_ZERO",
  "PLAN_SCHEDULE",
  "GOODWILL",
  "NOT_COVERED",
  "NO_INSURER",
  "ELIGIBILITY_UNVERIFIED",
  "WAITING_PERIOD",
  "DUPLICATE_CLAIM",
  "INSUFFICIENT_EVIDENCE",
] as const;

/** A document of a claim's file: one record of the claim or of its policy. */
export const documentSchema = z.strictObject({ stream: handleSchema, version: countCodec });
export type OpenedDocument = z.output<typeof documentSchema>;

/** A person's ruling on a referred claim. `amount` is required for PAY_PART, absent for DENY; PAY without it pays what was claimed. */
export const rulingSchema = z.strictObject({
  outcome: z.enum(["PAY", "PAY_PART", "DENY"]),
  amount: moneyCodec.optional(),
  reasonCode: z.enum(rulingReasons),
  reason: z.string().min(1).max(4000),
  /** When the decider opened the file: what the log shows about a denial, with the credential of who acted. */
  fileOpenedAt: instantCodec,
  /** Which documents of it they opened; an empty list says that it was none. */
  documentsOpened: z.array(documentSchema).max(100),
});
export type Ruling = z.output<typeof rulingSchema>;
