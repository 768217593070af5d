import * as z from "zod";
import { countCodec, dayCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { packFindingCodes } from "../coverage/analysis/pack-finding.ts";
import { maxPackBytes } from "../coverage/pack-bytes.ts";
import { leafHashSchema } from "./committed.ts";
import { pageOf, pageQuery } from "./page.ts";

/** A published rule pack: its versions, oldest first; each text lies under `/logs/{insurer}/packs/{hash}.json`. */
export const packViewSchema = z.strictObject({
  pack: handleSchema,
  id: z.string(),
  dateBasis: z.enum(["loss", "diagnosis", "notice"]),
  version: countCodec,
  versions: z
    .array(
      z.strictObject({
        version: countCodec,
        /** SHA-256 of the text. */
        hash: leafHashSchema,
        /** The days it is in force, the last one excluded; null: open. */
        from: dayCodec,
        to: dayCodec.nullable(),
      }),
    )
    .readonly(),
});
export type PackView = z.output<typeof packViewSchema>;
export const packPageSchema = pageOf(packViewSchema);

/** A draft to keep: the pack's JSON text, and the pack it is the next version of; absent: it is a new one. */
export const draftBodySchema = z.strictObject({
  pack: handleSchema.optional(),
  text: z.string().min(1).max(maxPackBytes),
});

export const draftsQuerySchema = z.strictObject(pageQuery);
export type DraftsQuery = z.output<typeof draftsQuerySchema>;

export const draftSchema = z.strictObject({
  draft: handleSchema,
  pack: handleSchema,
  author: handleSchema,
  createdAt: instantCodec,
});
export const draftPageSchema = pageOf(draftSchema);

/** A draft with all that can be told about it without a claim; with an error it can't be published. */
export const draftViewSchema = draftSchema.extend({
  text: z.string(),
  findings: z
    .array(
      z.strictObject({
        severity: z.enum(["error", "warning"]),
        code: z.enum(packFindingCodes),
        /** The field: `rules[2].when`; empty for the pack as a whole. */
        where: z.string(),
        rule: z.string().nullable(),
        message: z.string(),
        help: z.string().nullable(),
      }),
    )
    .readonly(),
});
