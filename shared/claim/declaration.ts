import * as z from "zod";
import { countCodec } from "../base/codec.ts";
import { evidenceTypes } from "./state.ts";

/** The largest document: 25 MB. */
export const maxEvidenceBytes = 25_000_000n;

/** SHA-256 in hex. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "is not 64 lower-case hex digits");

/** What somebody says of a document before they upload it. */
export const declarationSchema = z.strictObject({
  sha256: sha256Schema,
  sizeBytes: countCodec.refine((size) => size > 0n && size <= maxEvidenceBytes, {
    error: `is not 1 to ${maxEvidenceBytes}`,
  }),
  contentType: z.enum(evidenceTypes),
  title: z.string().min(1).max(200).optional(),
});
export type Declaration = z.output<typeof declarationSchema>;
