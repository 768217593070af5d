import * as z from "zod";
import { findingCodes } from "../audit/finding.ts";
import { countCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { leafHashSchema } from "./committed.ts";
import { isPoint } from "./p256.ts";

/** 32 bytes in base64url; the last character has two bits to spare, which are zero. */
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, {
  error: "is not a coordinate",
  // Nothing that is none may come to the question whether it is a point.
  abort: true,
});

/** The public half of an auditor's key on P-256, as `audit key` writes it (RFC 7517); the private half has no place here. */
export const auditorKeySchema = z
  .strictObject({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    x: coordinate,
    y: coordinate,
    alg: z.string().max(40).optional(),
    kid: z.string().max(100).optional(),
    use: z.literal("enc").optional(),
  })
  .refine(isPoint, { path: ["y"], error: "is not on the curve" });
export type AuditorKey = z.output<typeof auditorKeySchema>;

/** Whom openings are to be closed for; without a key they are asked for in plain, which only a simulation gives. */
export const forKeySchema = z.strictObject({ key: auditorKeySchema.optional() });

/** SHA-256 of a key's required members (RFC 7638). */
const thumbprint = z.string().regex(/^[0-9a-f]{64}$/);

export const exportStates = ["waiting", "done", "failed"] as const;

/** An export: what it is of, for whom it is closed, how far it is, and when it is thrown away. */
export const exportSchema = z.strictObject({
  export: handleSchema,
  state: z.enum(exportStates),
  entries: countCodec,
  key: thumbprint.nullable(),
  expires: instantCodec,
});
export type Export = z.output<typeof exportSchema>;

/** A record's openings as a line of an audit bundle: one compact JWE for the key, or in a simulation the line itself. */
export const disclosedSchema = z.strictObject({
  leafHash: leafHashSchema,
  index: countCodec,
  key: thumbprint.nullable(),
  openings: z.string(),
});
export type Disclosed = z.output<typeof disclosedSchema>;

/** What the platform's own audit of a log last found: where and of what kind, and no value of it. */
export const verdictSchema = z.strictObject({
  at: instantCodec,
  entries: countCodec,
  findings: z
    .array(
      z.strictObject({
        index: countCodec.nullable(),
        file: z.string().nullable(),
        code: z.enum(findingCodes),
      }),
    )
    .readonly(),
});
export type Verdict = z.output<typeof verdictSchema>;

/** Where an export is. */
export const exportPath = (insurer: string, id: string): string => `/logs/${insurer}/exports/${id}`;
