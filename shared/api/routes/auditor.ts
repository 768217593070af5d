import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { disclosedSchema, exportSchema, forKeySchema, verdictSchema } from "../audit-views.ts";
import { leafHashSchema } from "../committed.ts";
import { exampleClaim, exampleHash } from "../example.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json, text } from "../media-type.ts";
import { route } from "../route.ts";

const guarded = {
  audience: "auditor",
  scopes: ["countersign/ledger:verify"],
  roles: ["auditor"],
} as const;
const logParams = z.strictObject({ insurer: insurerSchema });
const exportParams = z.strictObject({ insurer: insurerSchema, id: handleSchema });
const example = { path: "/logs/xiang-hu-bao/exports" } as const;

/** A point of P-256, for examples only. */
const key = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};

/** What an auditor of an insurer may ask for; every opening is a record first. */
export const auditorRoutes = {
  askExport: route({
    ...guarded,
    method: "POST",
    path: "/logs/{insurer}/exports",
    summary: "Asks for an audit bundle of the log as it is signed now, closed for your key",
    params: logParams,
    body: forKeySchema,
    insurerOf: ({ insurer }) => insurer,
    refuses: [
      "not-now",
      "erased",
      "limit-exceeded",
      "person-required",
      "simulation-only",
      "wrong-state",
    ],
    replies: {
      202: { contentType: json, schema: exportSchema, description: "It is being made" },
    },
    example: { ...example, body: { key } },
  }),
  readExport: route({
    ...guarded,
    method: "GET",
    path: "/logs/{insurer}/exports/{id}",
    summary: "Says how far an export you asked for is",
    params: exportParams,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: { 200: { contentType: json, schema: exportSchema, description: "The export" } },
    example: { path: `${example.path}/${exampleClaim}` },
  }),
  readExportFile: route({
    ...guarded,
    method: "GET",
    path: "/logs/{insurer}/exports/{id}/files/{path+}",
    summary:
      "A file of an export that is done, `manifest` first: it lists all others. Above 4 MiB by `Range`",
    params: z.strictObject({ ...exportParams.shape, path: z.string().max(300) }),
    insurerOf: ({ insurer }) => insurer,
    refuses: ["limit-exceeded", "wrong-state"],
    replies: {
      200: { contentType: "application/octet-stream", description: "The file" },
      206: { contentType: "application/octet-stream", description: "The range of it" },
      416: { contentType: text, description: "The file ends before the range" },
    },
    example: { path: `${example.path}/${exampleClaim}/files/manifest` },
  }),
  discloseOpenings: route({
    ...guarded,
    method: "POST",
    path: "/records/{leafHash}/openings",
    summary: "Gives what one record seals, closed for your key",
    params: z.strictObject({ leafHash: leafHashSchema }),
    body: forKeySchema,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: {
      201: {
        contentType: json,
        schema: disclosedSchema,
        nameless: true,
        description: "The openings",
      },
    },
    example: { path: `/records/${exampleHash}/openings`, body: { key } },
  }),
  readSelfAudit: route({
    ...guarded,
    method: "GET",
    path: "/logs/{insurer}/self-audit",
    summary: "What the platform's own audit of the log last found",
    params: logParams,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: { 200: { contentType: json, schema: verdictSchema, description: "The verdict" } },
    example: { path: "/logs/xiang-hu-bao/self-audit" },
  }),
} as const;
