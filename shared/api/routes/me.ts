import * as z from "zod";
import { recordedSchema } from "../committed.ts";
import { erasureBodySchema, exportPageSchema, exportQuery } from "../me-views.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";

/** What a person may ask of their own data (GDPR Art. 15, 17, 20). */
export const meRoutes = {
  exportOwn: route({
    method: "GET",
    path: "/me/export",
    summary:
      "Gives every record of your policies, claims and payouts with your own fields laid open, page by page",
    audience: "claimant",
    scopes: ["countersign/claims:read.own"],
    roles: ["claimant"],
    params: z.strictObject({}),
    query: exportQuery,
    refuses: [],
    replies: { 200: { contentType: json, schema: exportPageSchema, description: "A page" } },
    example: { path: "/me/export", query: "limit=100" },
  }),
  askErasure: route({
    method: "POST",
    path: "/me/erasure",
    summary:
      "Asks an insurer to erase what it has of you; another person approves it once nothing of yours is open",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant"],
    params: z.strictObject({}),
    body: erasureBodySchema,
    insurerOf: (_, body) => body.insurer,
    refuses: ["duplicate", "erased", "person-required", "simulation-only", "wrong-state"],
    replies: {
      201: {
        contentType: json,
        schema: recordedSchema,
        nameless: true,
        description: "The request's record",
      },
    },
    example: { path: "/me/erasure", body: { insurer: "xiang-hu-bao" } },
  }),
} as const;
