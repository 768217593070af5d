import * as z from "zod";
import { handleSchema } from "../base/codec.ts";
import { classesInOrder, partClasses } from "../base/part-class.ts";
import { recordedSchema } from "./committed.ts";
import { insurerSchema } from "./insurer-id.ts";
import { pageOf, pageQuery } from "./page.ts";

/** What a person asks to have erased at one insurer: all of it, unless they say which classes, in the order of the list. */
export const erasureBodySchema = z.strictObject({
  insurer: insurerSchema,
  classes: z
    .array(z.enum(partClasses))
    .min(1)
    .max(partClasses.length)
    .refine(classesInOrder, { error: "are not each once, in their order" })
    .default([...partClasses]),
});

export const exportQuery = z.strictObject({ ...pageQuery, insurer: insurerSchema.optional() });

/** One record about the caller, with what of it is the caller's own laid open. */
export const exportedSchema = recordedSchema.extend({
  insurer: insurerSchema,
  kind: z.enum(["policy", "claim", "payout"]),
  /** The policy, claim or payout whose record it is. */
  stream: handleSchema,
  /** The claim that a payout pays. */
  claim: handleSchema.optional(),
  /** Where its receipt is. */
  receipt: z.string(),
});
export type Exported = z.output<typeof exportedSchema>;
export const exportPageSchema = pageOf(exportedSchema);
