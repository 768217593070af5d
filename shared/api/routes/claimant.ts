import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { submissionSchema } from "../../claim/submission.ts";
import { claimViewSchema, receiptListSchema } from "../claim-view.ts";
import { leafHashSchema, submittedClaimSchema } from "../committed.ts";
import { exampleClaim, exampleHash, exampleSubmission } from "../example.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json, text } from "../media-type.ts";
import { payeeBodySchema } from "../payee-body.ts";
import { route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });
/** First notice of loss: a submission and the insurer it goes to. */
export const claimBodySchema = z.strictObject({
  insurer: insurerSchema,
  ...submissionSchema.shape,
  policy: submissionSchema.shape.policy.meta({
    description:
      "One that the claimant is a party to. Any other, whether unknown, another's or erased, is 422 `no-policy`, alike.",
  }),
  payee: payeeBodySchema.optional(),
});

/** What claimants ask, and what they are told. */
export const claimantRoutes = {
  submitClaim: route({
    method: "POST",
    path: "/claims",
    summary:
      "Submits a claim; the record that names it is in the log from then on. `Prefer: wait=3` adds its receipt, if it is signed in time",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant", "intake"],
    prefer: "wait",
    params: z.strictObject({}),
    body: claimBodySchema,
    insurerOf: (_, body) => body.insurer,
    refuses: [
      "currency-mismatch",
      "day-ahead",
      "erased",
      "limit-exceeded",
      "no-policy",
      "not-found",
      "simulation-only",
    ],
    replies: {
      201: {
        contentType: json,
        schema: submittedClaimSchema,
        description: "The record, its leaf hash, your openings; the receipt, if you waited for it",
      },
    },
    example: { path: "/claims", body: exampleSubmission },
  }),
  readClaim: route({
    method: "GET",
    path: "/claims/{id}",
    summary: "Shows a claim to one who may read it",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "intake", "adjuster", "releaser"],
    params: claimParams,
    refuses: ["erased"],
    replies: {
      200: { contentType: json, schema: claimViewSchema, etag: true, description: "The claim" },
    },
    example: { path: `/claims/${exampleClaim}` },
  }),
  listReceipts: route({
    method: "GET",
    path: "/claims/{id}/receipts",
    summary: "Lists the records of a claim and its payouts, and where each receipt is",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "intake", "adjuster", "releaser", "auditor"],
    params: claimParams,
    refuses: ["erased"],
    replies: { 200: { contentType: json, schema: receiptListSchema, description: "The records" } },
    example: { path: `/claims/${exampleClaim}/receipts` },
  }),
  readReceipt: route({
    method: "GET",
    path: "/records/{leafHash}/receipt",
    summary:
      "Gives a record's .tlog-proof with your openings; `Prefer: wait=10` waits for the signature",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read", "countersign/ledger:verify"],
    roles: ["claimant", "intake", "adjuster", "releaser", "auditor"],
    prefer: "wait",
    params: z.strictObject({ leafHash: leafHashSchema }),
    refuses: [],
    replies: {
      200: { contentType: text, description: "The receipt (c2sp.org/tlog-proof)" },
      202: { contentType: text, description: "Not signed yet: again after Retry-After seconds" },
    },
    example: { path: `/records/${exampleHash}/receipt` },
  }),
} as const;
