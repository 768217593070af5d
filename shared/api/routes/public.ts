import * as z from "zod";
import { exampleHash } from "../example.ts";
import { healthSchema, readinessSchema } from "../health.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json, text } from "../media-type.ts";
import {
  consistencyQuery,
  consistencySchema,
  inclusionQuery,
  inclusionSchema,
  sizeText,
} from "../proof-query.ts";
import { route } from "../route.ts";

const logParams = z.strictObject({ insurer: insurerSchema });
const tileParams = z.strictObject({ insurer: insurerSchema, path: z.string().max(200) });

/** The log itself: open to anyone, but for its entries. */
export const publicRoutes = {
  readCheckpoint: route({
    method: "GET",
    path: "/logs/{insurer}/checkpoint",
    summary: "The log's newest signed checkpoint",
    audience: "published",
    scopes: [],
    roles: [],
    params: logParams,
    refuses: [],
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
    params: tileParams,
    refuses: [],
    replies: {
      200: { contentType: "application/octet-stream", description: "A tile (c2sp.org/tlog-tiles)" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/0/000.p/1" },
  }),
  readNote: route({
    method: "GET",
    path: "/logs/{insurer}/checkpoints/{size}",
    summary: "The checkpoint that was shown when the log had this size; not every size has one",
    audience: "published",
    scopes: [],
    roles: [],
    params: z.strictObject({ insurer: insurerSchema, size: sizeText }),
    refuses: [],
    replies: {
      200: { contentType: text, description: "A signed note (c2sp.org/tlog-checkpoint)" },
    },
    example: { path: "/logs/xiang-hu-bao/checkpoints/1" },
  }),
  readPackText: route({
    method: "GET",
    path: "/logs/{insurer}/packs/{file}",
    summary: "The text of a rule pack, by its hash, as a pack.published record names it",
    audience: "published",
    scopes: [],
    roles: [],
    params: z.strictObject({
      insurer: insurerSchema,
      file: z.string().regex(/^[0-9a-f]{64}\.json$/),
    }),
    refuses: [],
    replies: { 200: { contentType: json, description: "A rule pack (RFC 8785)" } },
    example: { path: `/logs/xiang-hu-bao/packs/${exampleHash}.json` },
  }),
  readTrust: route({
    method: "GET",
    path: "/.well-known/countersign/{file}",
    summary:
      "A log's trust policy as its operator states it, `<insurer>.policy` and `<insurer>.require`: believe it where others say the same",
    audience: "published",
    scopes: [],
    roles: [],
    params: z.strictObject({
      file: z.string().regex(/^[a-z0-9-]{1,63}\.(policy|require)$/),
    }),
    refuses: [],
    replies: {
      200: { contentType: text, description: "Keys and witnesses (c2sp.org/tlog-policy)" },
    },
    example: { path: "/.well-known/countersign/xiang-hu-bao.policy" },
  }),
  proveInclusion: route({
    method: "GET",
    path: "/logs/{insurer}/proofs/inclusion",
    summary: "Proves that an entry, by index or leaf hash, is in the log of a size",
    audience: "public",
    scopes: [],
    roles: [],
    params: logParams,
    query: inclusionQuery,
    refuses: [],
    replies: {
      200: { contentType: json, schema: inclusionSchema, description: "RFC 6962 §2.1.1" },
    },
    example: { path: "/logs/xiang-hu-bao/proofs/inclusion", query: "index=0&size=1" },
  }),
  proveConsistency: route({
    method: "GET",
    path: "/logs/{insurer}/proofs/consistency",
    summary: "Proves that the log of a size begins with the log of a smaller one",
    audience: "public",
    scopes: [],
    roles: [],
    params: logParams,
    query: consistencyQuery,
    refuses: [],
    replies: {
      200: { contentType: json, schema: consistencySchema, description: "RFC 6962 §2.1.2" },
    },
    example: { path: "/logs/xiang-hu-bao/proofs/consistency", query: "from=1&to=2" },
  }),
  readHealth: route({
    method: "GET",
    path: "/health",
    summary: "Says that the API runs",
    audience: "public",
    scopes: [],
    roles: [],
    params: z.strictObject({}),
    refuses: [],
    replies: {
      200: {
        contentType: json,
        schema: healthSchema,
        description: "It runs",
        example: { status: "up" },
      },
    },
    example: { path: "/health" },
  }),
  readReadiness: route({
    method: "GET",
    path: "/ready",
    summary: "Says whether the API can do its work: 503 while its database does not answer",
    audience: "public",
    scopes: [],
    roles: [],
    params: z.strictObject({}),
    refuses: [],
    replies: {
      200: {
        contentType: json,
        schema: readinessSchema,
        description: "Its database answers",
        example: { status: "ready" },
      },
    },
    example: { path: "/ready" },
  }),
  readEntries: route({
    method: "GET",
    path: "/logs/{insurer}/tile/entries/{path+}",
    summary: "An entry bundle of the log, for auditors: handles in entries can be linked",
    audience: "public",
    scopes: ["countersign/ledger:verify"],
    roles: ["auditor"],
    params: tileParams,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: {
      200: { contentType: "application/octet-stream", description: "Records, length first" },
    },
    example: { path: "/logs/xiang-hu-bao/tile/entries/000.p/1" },
  }),
} as const;
