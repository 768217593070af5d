import * as z from "zod";
import { handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { claimStatuses, clockNames, openStatuses } from "../claim/state.ts";
import { submissionSchema } from "../claim/submission.ts";
import { statusSchema } from "./committed.ts";
import { pageOf, pageQuery } from "./page.ts";

/** What the queue can be asked for. Without a status: what is open. Asked for by a time to decide before, it is sorted by that; else by the last act, oldest first. */
export const queueQuerySchema = z.strictObject({
  status: z.enum(claimStatuses).optional(),
  /** Whose work, by the person's handle; `none`: nobody's. */
  assignee: z.union([handleSchema, z.literal("none")]).optional(),
  /** Those to be decided before this time. */
  decideBefore: instantCodec.optional(),
  /** `true`: those whose time to decide is over now. */
  overdue: z.literal("true").optional(),
  /** Those of which a statutory clock ran out, this one or `any`, as recorded: the longest ago first, of whatever status where none is named. */
  breach: z.enum([...clockNames, "any"]).optional(),
  /** How the claim's handle begins: then by handle, of whatever status, and no other filter is read. */
  claim: z
    .string()
    .regex(/^[0-9a-f]{4,32}$/, "is not 4 to 32 lower-case hex digits")
    .optional(),
  ...pageQuery,
});
export type QueueQuery = z.output<typeof queueQuerySchema>;

/** The statuses a query names. */
export function statusesAsked({
  status,
  breach,
}: Pick<QueueQuery, "status" | "breach">): readonly string[] {
  if (status !== undefined) return [status];
  return breach === undefined ? openStatuses : claimStatuses;
}

/** A claim in the queue; what it is about is absent where the data of its person was erased. */
const queuedClaimSchema = z.strictObject({
  claim: handleSchema,
  status: statusSchema,
  assignee: handleSchema.nullable(),
  /** When something was last recorded of it. */
  lastActAt: instantCodec,
  /** By when it is to be decided; null where no clock runs, or information is awaited. */
  decideBy: instantCodec.nullable(),
  overdue: z.boolean(),
  /** Which statutory clocks ran out, as recorded; the newest run of each. */
  breaches: z.array(z.enum(clockNames)),
  about: z
    .strictObject({
      event: submissionSchema.shape.event,
      lossDate: submissionSchema.shape.lossDate,
      submittedAt: instantCodec,
      acknowledgedAt: instantCodec.nullable(),
      claimed: moneyCodec,
      /** What is set aside for it. */
      reserve: moneyCodec,
    })
    .optional(),
});
export type QueuedClaimView = z.output<typeof queuedClaimSchema>;
export const queuePageSchema = pageOf(queuedClaimSchema);
