import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { termsSchema } from "../../policy/policy.ts";
import { committedPolicySchema } from "../committed.ts";
import { exampleHash, examplePack, examplePerson, examplePolicy } from "../example.ts";
import {
  askedImportSchema,
  importBodySchema,
  importSchema,
  lineResultsQuerySchema,
  lineResultsSchema,
} from "../import-views.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";

const reason = z.string().min(1).max(4000);
export const endorsementSchema = termsSchema.extend({ reason });
export const cancellationSchema = z.strictObject({ reason });

const writing = {
  method: "POST",
  audience: "insurer",
  scopes: ["countersign/policies:write"],
  roles: ["underwriter"],
} as const;
const changing = {
  ...writing,
  precondition: true,
  params: z.strictObject({ id: handleSchema }),
} as const;
const committed = (description: string) =>
  ({ 201: { contentType: json, schema: committedPolicySchema, etag: true, description } }) as const;

const terms = {
  insured: examplePerson,
  parties: [
    { role: "holder", person: examplePerson },
    { role: "insured", person: examplePerson },
  ],
  coverage: "critical-illness",
  start: "2026-12-01",
  end: null,
  birthDate: "1988-05-17",
  limit: { amount: "300000.00", currency: "CNY" },
  pack: examplePack,
  jurisdiction: "CN",
};

const importParams = z.strictObject({ insurer: insurerSchema, id: handleSchema });
const exampleImport = `/insurers/xiang-hu-bao/policy-imports/${examplePolicy}`;

/** What an insurer's underwriters do with policies. */
export const insurerPolicyRoutes = {
  issuePolicy: route({
    ...writing,
    path: "/insurers/{insurer}/policies",
    summary: "Issues a policy under a published rule pack",
    params: z.strictObject({ insurer: insurerSchema }),
    insurerOf: ({ insurer }) => insurer,
    body: termsSchema,
    refuses: [
      "amount-required",
      "currency-mismatch",
      "erased",
      "kind-has-none",
      "no-pack",
      "not-a-party",
      "simulation-only",
      "wrong-state",
    ],
    replies: committed("The policy's first record"),
    example: { path: "/insurers/xiang-hu-bao/policies", body: terms },
  }),
  endorsePolicy: route({
    ...changing,
    path: "/policies/{id}/endorsements",
    summary: "Replaces a policy's terms from now on, with a reason; decisions made stand",
    body: endorsementSchema,
    refuses: [
      "amount-required",
      "currency-mismatch",
      "erased",
      "kind-has-none",
      "no-pack",
      "not-a-party",
      "person-required",
      "policy-not-active",
      "simulation-only",
      "wrong-state",
    ],
    replies: committed("The endorsement's record"),
    example: {
      path: `/policies/${examplePolicy}/endorsements`,
      body: { ...terms, end: "2027-12-01", reason: "The holder asked for a year." },
    },
  }),
  cancelPolicy: route({
    ...changing,
    path: "/policies/{id}/cancellation",
    summary: "Cancels a policy, with a reason",
    body: cancellationSchema,
    refuses: ["erased", "person-required", "policy-not-active", "simulation-only"],
    replies: committed("The cancellation's record"),
    example: {
      path: `/policies/${examplePolicy}/cancellation`,
      body: { reason: "The holder asked for it." },
    },
  }),
  importPolicies: route({
    ...writing,
    insurerOf: ({ insurer }) => insurer,
    path: "/insurers/{insurer}/policy-imports",
    summary:
      "Asks for many policies to be issued from a file: declares it by its SHA-256 and size; answers the one request that uploads exactly that. The file is NDJSON in UTF-8, at most 32 MiB and 50,000 lines: each line a PolicyLine of at most 16 KiB, which is the body of `POST /insurers/{insurer}/policies` and the insurer's own `key` of the policy. Every line is judged as that request is; one that is refused holds up no other. A key issues one policy, whoever imports it, however often",
    params: z.strictObject({ insurer: insurerSchema }),
    body: importBodySchema,
    refuses: ["erased", "not-now"],
    replies: {
      202: {
        contentType: json,
        schema: askedImportSchema,
        description: "It waits for its upload, which is signed for 15 minutes",
      },
    },
    example: {
      path: "/insurers/xiang-hu-bao/policy-imports",
      body: { sha256: exampleHash, sizeBytes: "48211" },
    },
  }),
  readImport: route({
    ...writing,
    insurerOf: ({ insurer }) => insurer,
    method: "GET",
    path: "/insurers/{insurer}/policy-imports/{id}",
    summary: "Says how far an import is; it is kept for a week",
    params: importParams,
    refuses: [],
    replies: { 200: { contentType: json, schema: importSchema, description: "The import" } },
    example: { path: exampleImport },
  }),
  listImported: route({
    ...writing,
    insurerOf: ({ insurer }) => insurer,
    method: "GET",
    path: "/insurers/{insurer}/policy-imports/{id}/results",
    summary: "Lists what became of each line that is done, by its number",
    params: importParams,
    query: lineResultsQuerySchema,
    refuses: [],
    replies: { 200: { contentType: json, schema: lineResultsSchema, description: "A page" } },
    example: { path: `${exampleImport}/results`, query: "outcome=refused" },
  }),
} as const;
