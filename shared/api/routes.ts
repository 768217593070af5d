import * as z from "zod";
import { handleSchema } from "../base/codec.ts";
import { rulingSchema } from "../claim/ruling.ts";
import { submissionSchema } from "../claim/submission.ts";
import {
  claimViewSchema,
  committedSchema,
  insurerSchema,
  leafHashSchema,
  receiptListSchema,
} from "./claim-view.ts";
import { exampleClaim, exampleHash, exampleRuling, exampleSubmission } from "./example.ts";
import { payeeBodySchema } from "./payee-body.ts";
import { type Route, route, routeKeyOf } from "./route.ts";

const json = "application/json";
const text = "text/plain; charset=utf-8";
const claimParams = z.strictObject({ id: handleSchema });
const letterParams = z.strictObject({
  id: handleSchema,
  version: z.string().regex(/^[1-9][0-9]{0,17}$/, "is not a version"),
});
const logParams = z.strictObject({ insurer: insurerSchema });
const tileParams = z.strictObject({ insurer: insurerSchema, path: z.string().max(200) });
const committed = { contentType: json, schema: committedSchema };

/** First notice of loss: a submission and the insurer it goes to. */
export const claimBodySchema = z.strictObject({
  insurer: insurerSchema,
  ...submissionSchema.shape,
  payee: payeeBodySchema.optional(),
});

/** The one table of routes. */
export const routes = {
  submitClaim: route({
    method: "POST",
    path: "/claims",
    summary: "Submits a claim; the record that names it is in the log from then on",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant", "intake"],
    idempotency: "required",
    params: z.strictObject({}),
    body: claimBodySchema,
    insurerOf: (_, body) => body.insurer,
    replies: { 201: { ...committed, description: "The record, its leaf hash, your openings" } },
    example: { path: "/claims", body: exampleSubmission },
  }),
  readClaim: route({
    method: "GET",
    path: "/claims/{id}",
    summary: "Shows a claim to one who may read it",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "intake", "adjuster", "releaser", "auditor"],
    idempotency: "none",
    params: claimParams,
    replies: { 200: { contentType: json, schema: claimViewSchema, description: "The claim" } },
    example: { path: `/claims/${exampleClaim}` },
  }),
  decideClaim: route({
    method: "POST",
    path: "/claims/{id}/decisions",
    summary: "Records a person's ruling on a referred claim",
    audience: "insurer",
    scopes: ["countersign/claims:adjudicate"],
    roles: ["adjuster"],
    idempotency: "optional",
    params: claimParams,
    body: rulingSchema,
    replies: { 201: { ...committed, description: "The decision's record and its openings" } },
    example: { path: `/claims/${exampleClaim}/decisions`, body: exampleRuling },
  }),
  readLetter: route({
    method: "GET",
    path: "/claims/{id}/decisions/{version}/letter",
    summary: "Gives the letter that explains a decision, the record's version in the claim",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "adjuster"],
    idempotency: "none",
    params: letterParams,
    replies: { 200: { contentType: text, description: "The letter, in plain English" } },
    example: { path: `/claims/${exampleClaim}/decisions/2/letter` },
  }),
  listReceipts: route({
    method: "GET",
    path: "/claims/{id}/receipts",
    summary: "Lists the records of a claim and its payouts, and where each receipt is",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "intake", "adjuster", "releaser", "auditor"],
    idempotency: "none",
    params: claimParams,
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
    idempotency: "none",
    params: z.strictObject({ leafHash: leafHashSchema }),
    replies: {
      200: { contentType: text, description: "The receipt (c2sp.org/tlog-proof)" },
      202: { contentType: text, description: "Not signed yet: again after Retry-After seconds" },
    },
    example: { path: `/records/${exampleHash}/receipt` },
  }),
  readCheckpoint: route({
    method: "GET",
    path: "/logs/{insurer}/checkpoint",
    summary: "The log's newest signed checkpoint",
    audience: "published",
    scopes: [],
    roles: [],
    idempotency: "none",
    params: logParams,
    replies: {
      200: { contentType: text, description: "A signed note (c2sp.org/tlog-checkpoint)" },
    },
    example: { path: "/logs/xiang-hu-bao/checkpoint" },
  }),
  readTile: route({
    method: "GET",
    path: "/logs/{insurer}/tile/{path+}",
    summary: "A hash tile of the log",
    audience: "published",
    scopes: [],
    roles: [],
    idempotency: "none",
    params: tileParams,
    replies: {
      200: { contentType: "application/octet-stream", description: "A tile (c2sp.org/tlog-tiles)" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/0/000.p/1" },
  }),
  readEntries: route({
    method: "GET",
    path: "/logs/{insurer}/tile/entries/{path+}",
    summary: "An entry bundle of the log, for auditors: handles in entries can be linked",
    audience: "public",
    scopes: ["countersign/ledger:verify"],
    roles: ["auditor"],
    idempotency: "none",
    params: tileParams,
    insurerOf: ({ insurer }) => insurer,
    replies: {
      200: { contentType: "application/octet-stream", description: "Records, length first" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/entries/000.p/1" },
  }),
} as const;

/** The rows of {@link routes} without their types, for all who walk the table. */
export const routeTable: readonly Route[] = Object.values(routes);

/** The row API Gateway calls `routeKey`. */
export const routeNamed = (routeKey: string): Route | undefined =>
  routeTable.find((row) => routeKeyOf(row) === routeKey);
