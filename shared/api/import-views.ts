import * as z from "zod";
import { countCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { sha256Schema } from "../claim/declaration.ts";
import { termsSchema } from "../policy/policy.ts";
import { uploadSchema } from "./evidence-views.ts";
import { idempotencyKeyForm } from "./idempotency-key.ts";
import { pageOf, pageQuery } from "./page.ts";

/** The most a file of policies has: bytes, lines, and bytes of one line. */
export const maxImportBytes = 33_554_432n;
export const maxImportLines = 50_000;
export const maxLineBytes = 16_384;

/** A file of policies before it is uploaded: NDJSON, each line a {@link policyLineSchema}. */
export const importBodySchema = z.strictObject({
  sha256: sha256Schema,
  sizeBytes: countCodec.refine((size) => size > 0n && size <= maxImportBytes, {
    error: `is not 1 to ${maxImportBytes}`,
  }),
});
export type ImportBody = z.output<typeof importBodySchema>;

/**
 * One line of the file: the terms as `POST /insurers/{insurer}/policies` takes them, and the insurer's own key of the policy, under which it is issued once
 * whoever imports it and however often.
 */
export const policyLineSchema = termsSchema.extend({
  key: z
    .string()
    .regex(idempotencyKeyForm, "is not 1 to 255 visible ASCII characters other than a comma"),
});
export type PolicyLine = z.output<typeof policyLineSchema>;

/** Why an import ended before its last line; what was issued before stands. */
export const importFailures = [
  /** Nothing came within the time that the upload is signed for. */
  "not-uploaded",
  /** More than 50,000 lines: nothing was issued. */
  "too-many-lines",
  /** Somebody was erased meanwhile, and with them whatever may hold their data. */
  "upload-gone",
  /** Whoever asked for it is no underwriter of the insurer any more. */
  "not-permitted",
  /** Somebody changed what is kept of it, or the row of a policy it names. */
  "altered",
] as const;

/** An import. The counts are of lines done so far: issued by it, there already under the same key and terms, and refused. */
export const importSchema = z.strictObject({
  import: handleSchema,
  state: z.enum(["waiting", "importing", "done", "failed"]),
  failure: z.enum(importFailures).nullable(),
  /** Lines of the file, empty ones as well; null until they are counted. */
  lines: countCodec.nullable(),
  issued: countCodec,
  already: countCodec,
  refused: countCodec,
  /** Until when this and the results are kept. */
  expires: instantCodec,
});
export type Import = z.output<typeof importSchema>;

/** The same as it is answered to whoever asks for it: with the request that uploads the file, signed anew each time. */
export const askedImportSchema = importSchema.extend({ upload: uploadSchema });

/** The members of a problem that are the same for everybody (RFC 9457 §3.1); pointers are into the line's JSON. */
const lineProblemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z
    .array(z.strictObject({ field: z.string(), detail: z.string() }))
    .readonly()
    .optional(),
});

/** What became of one line, by its number from 1. */
export const lineResultSchema = z.strictObject({
  line: countCodec,
  outcome: z.enum(["issued", "already", "refused"]),
  /** The policy that stands under the line's key; of a refused line where one does. */
  policy: handleSchema.optional(),
  problem: lineProblemSchema.optional(),
});
export type LineResult = z.output<typeof lineResultSchema>;

/** A page may have fewer lines than `limit`, or none, and still a `next`. */
export const lineResultsSchema = pageOf(lineResultSchema);
export const lineResultsQuerySchema = z.strictObject({
  ...pageQuery,
  outcome: z.enum(["issued", "already", "refused"]).optional(),
});
export type LineResultsQuery = z.output<typeof lineResultsQuerySchema>;

/** Where an import is. */
export const importPath = (insurer: string, id: string): string =>
  `/insurers/${insurer}/policy-imports/${id}`;
