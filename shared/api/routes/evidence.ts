import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { declarationSchema } from "../../claim/declaration.ts";
import { committedClaimSchema } from "../committed.ts";
import {
  declaredEvidenceSchema,
  evidenceListSchema,
  evidenceViewSchema,
} from "../evidence-views.ts";
import { exampleClaim, exampleEvidence, exampleHash } from "../example.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });
const evidenceParams = z.strictObject({ id: handleSchema, evidence: handleSchema });

/** Documents of a claim: their bytes go to the object store and come from there, by requests signed beforehand. */
export const evidenceRoutes = {
  declareEvidence: route({
    method: "POST",
    path: "/claims/{id}/evidence",
    summary:
      "Declares a document of your claim by its SHA-256, size and type; answers the one request that uploads exactly that",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant", "intake"],
    params: claimParams,
    body: declarationSchema,
    refuses: ["duplicate", "erased", "simulation-only", "wrong-state"],
    replies: {
      201: {
        contentType: json,
        schema: declaredEvidenceSchema,
        etag: true,
        description: "The record, your openings, and the upload, signed for 15 minutes",
      },
    },
    example: {
      path: `/claims/${exampleClaim}/evidence`,
      body: {
        sha256: exampleHash,
        sizeBytes: "48211",
        contentType: "application/pdf",
        title: "Letter from the hospital",
      },
    },
  }),
  confirmEvidence: route({
    method: "POST",
    path: "/claims/{id}/evidence/{evidence}/confirmation",
    summary: "Confirms an uploaded document by the checksum the object store has of it",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant", "intake"],
    params: evidenceParams,
    body: z.strictObject({}),
    refuses: ["duplicate", "erased", "simulation-only", "wrong-state"],
    replies: {
      201: {
        contentType: json,
        schema: committedClaimSchema,
        etag: true,
        description: "The record and your openings",
      },
    },
    example: {
      path: `/claims/${exampleClaim}/evidence/${exampleEvidence}/confirmation`,
      body: {},
    },
  }),
  listEvidence: route({
    method: "GET",
    path: "/claims/{id}/evidence",
    summary: "Lists a claim's documents, those that were only declared as well",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "adjuster"],
    params: claimParams,
    refuses: ["erased"],
    replies: { 200: { contentType: json, schema: evidenceListSchema, description: "Documents" } },
    example: { path: `/claims/${exampleClaim}/evidence` },
  }),
  readEvidence: route({
    method: "GET",
    path: "/claims/{id}/evidence/{evidence}",
    summary: "Shows a document of a claim, and the request that gets its bytes",
    audience: "claimant",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "adjuster"],
    params: evidenceParams,
    refuses: ["erased"],
    replies: {
      200: {
        contentType: json,
        schema: evidenceViewSchema,
        description: "The document, and its download, signed for 15 minutes",
      },
    },
    example: { path: `/claims/${exampleClaim}/evidence/${exampleEvidence}` },
  }),
} as const;
