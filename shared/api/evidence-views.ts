import * as z from "zod";
import { countCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { declarationSchema } from "../claim/declaration.ts";
import { committedClaimSchema } from "./committed.ts";

/** A request to the object store that whoever holds it may send until `expiresAt`, with exactly these headers and no token. */
const presignedSchema = z.strictObject({
  method: z.enum(["GET", "PUT"]),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAt: instantCodec,
});

/** A declared document: its handle, beside what was committed. */
export const committedEvidenceSchema = committedClaimSchema.extend({ evidence: handleSchema });
export type CommittedEvidence = z.output<typeof committedEvidenceSchema>;

/** The same as it is answered: the request that uploads it is signed anew each time. */
export const declaredEvidenceSchema = committedEvidenceSchema.extend({ upload: presignedSchema });
export const uploadSchema = presignedSchema;

/** A document of a claim. A ruling names it in `documentsOpened` by the claim and `version`, that of the record that declared it. */
const evidenceSchema = declarationSchema.extend({
  evidence: handleSchema,
  version: countCodec,
  declaredAt: instantCodec,
  /** When the store was found to have it; absent: it was not uploaded yet, as far as the log says. */
  confirmedAt: instantCodec.optional(),
});
export const evidenceListSchema = z.strictObject({
  claim: handleSchema,
  evidence: z.array(evidenceSchema).readonly(),
});
export const evidenceViewSchema = evidenceSchema.extend({
  /** The request that gets its bytes; absent until it was confirmed. */
  download: presignedSchema.optional(),
});
export type EvidenceItem = z.output<typeof evidenceSchema>;
