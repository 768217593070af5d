import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { examplePolicy } from "../example.ts";
import { json } from "../media-type.ts";
import {
  claimPageSchema,
  ownClaimsQuery,
  ownPoliciesQuery,
  policyPageSchema,
  policyViewSchema,
} from "../own-views.ts";
import { route } from "../route.ts";

/** Lists of what is the caller's own, at one insurer or at all where they are known. */
export const ownRoutes = {
  listClaims: route({
    method: "GET",
    path: "/claims",
    summary: "Lists the claims you submitted or are insured by, newest first",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "intake"],
    params: z.strictObject({}),
    query: ownClaimsQuery,
    refuses: [],
    replies: { 200: { contentType: json, schema: claimPageSchema, description: "A page" } },
    example: { path: "/claims", query: "status=decided&limit=20" },
  }),
  listPolicies: route({
    method: "GET",
    path: "/policies",
    summary: "Lists the policies you hold or are insured by, with what is left of their limits",
    audience: "claimant",
    scopes: ["countersign/claims:read.own"],
    roles: ["claimant"],
    params: z.strictObject({}),
    query: ownPoliciesQuery,
    refuses: [],
    replies: { 200: { contentType: json, schema: policyPageSchema, description: "A page" } },
    example: { path: "/policies" },
  }),
  readPolicy: route({
    method: "GET",
    path: "/policies/{id}",
    summary: "Shows a policy to a party of it: terms, limit, what was approved and what is left",
    audience: "claimant",
    scopes: [
      "countersign/claims:read.own",
      "countersign/claims:read",
      "countersign/policies:write",
    ],
    roles: ["claimant", "adjuster", "releaser", "underwriter"],
    params: z.strictObject({ id: handleSchema }),
    refuses: [],
    replies: {
      200: { contentType: json, schema: policyViewSchema, etag: true, description: "The policy" },
    },
    example: { path: `/policies/${examplePolicy}` },
  }),
} as const;
