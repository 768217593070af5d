import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { committedPackSchema } from "../committed.ts";
import { exampleClaim, exampleDraft, examplePack } from "../example.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json } from "../media-type.ts";
import {
  draftBodySchema,
  draftPageSchema,
  draftSchema,
  draftsQuerySchema,
  draftViewSchema,
  packPageSchema,
  packViewSchema,
} from "../pack-views.ts";
import { route } from "../route.ts";
import { changedDecisionsSchema, changedQuerySchema, shadowSchema } from "../shadow-views.ts";

const insurer = { insurer: insurerSchema };
const ofInsurer = {
  audience: "insurer",
  scopes: ["countersign/rules:publish"],
  roles: ["underwriter"],
} as const;
const reading = { ...ofInsurer, method: "GET" } as const;
const writing = { ...ofInsurer, method: "POST" } as const;
const draftParams = z.strictObject({ ...insurer, draft: handleSchema });
const shadowParams = draftParams.extend({ id: handleSchema });
const exampleShadows = `/insurers/xiang-hu-bao/drafts/${exampleDraft}/shadows`;

/** How rules come to be in force: somebody writes a draft, another publishes it. */
export const insurerPackRoutes = {
  listPacks: route({
    ...reading,
    path: "/insurers/{insurer}/packs",
    summary: "Lists the insurer's rule packs with all their versions, at most 1,000",
    params: z.strictObject(insurer),
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: { 200: { contentType: json, schema: packPageSchema, description: "The packs" } },
    example: { path: "/insurers/xiang-hu-bao/packs" },
  }),
  readPack: route({
    ...reading,
    path: "/insurers/{insurer}/packs/{pack}",
    summary: "Shows a rule pack's versions, oldest first",
    params: z.strictObject({ ...insurer, pack: handleSchema }),
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: {
      200: { contentType: json, schema: packViewSchema, etag: true, description: "The pack" },
    },
    example: { path: `/insurers/xiang-hu-bao/packs/${examplePack}` },
  }),
  writeDraft: route({
    ...writing,
    path: "/insurers/{insurer}/drafts",
    summary: "Keeps the text of a pack's next version, or of a new pack, as a draft",
    params: z.strictObject(insurer),
    insurerOf: ({ insurer }) => insurer,
    body: draftBodySchema,
    refuses: ["erased", "no-pack"],
    replies: { 201: { contentType: json, schema: draftSchema, description: "The draft" } },
    example: {
      path: "/insurers/xiang-hu-bao/drafts",
      body: { pack: examplePack, text: '{"id": "xiang-hu-bao-2020", "version": 3}' },
    },
  }),
  listDrafts: route({
    ...reading,
    path: "/insurers/{insurer}/drafts",
    summary: "Lists drafts of rule packs, oldest first",
    params: z.strictObject(insurer),
    insurerOf: ({ insurer }) => insurer,
    query: draftsQuerySchema,
    refuses: [],
    replies: { 200: { contentType: json, schema: draftPageSchema, description: "A page" } },
    example: { path: "/insurers/xiang-hu-bao/drafts" },
  }),
  readDraft: route({
    ...reading,
    path: "/insurers/{insurer}/drafts/{draft}",
    summary: "Shows a draft and what is wrong with it; its ETag is of the pack as it is published",
    params: draftParams,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: {
      200: { contentType: json, schema: draftViewSchema, etag: true, description: "The draft" },
    },
    example: { path: `/insurers/xiang-hu-bao/drafts/${exampleDraft}` },
  }),
  publishDraft: route({
    ...writing,
    path: "/insurers/{insurer}/drafts/{draft}/publication",
    summary: "Publishes a draft as the pack's next version, by another person than its author",
    precondition: true,
    params: draftParams,
    insurerOf: ({ insurer }) => insurer,
    body: z.strictObject({}),
    refuses: [
      "currency-mismatch",
      "erased",
      "golden-case",
      "kind-has-none",
      "person-required",
      "reason-required",
      "same-person",
      "simulation-only",
      "wrong-state",
    ],
    replies: {
      201: {
        contentType: json,
        schema: committedPackSchema,
        etag: true,
        description: "The record that names the text's hash",
      },
    },
    example: {
      path: `/insurers/xiang-hu-bao/drafts/${exampleDraft}/publication`,
      body: {},
    },
  }),
  shadowDraft: route({
    ...writing,
    path: "/insurers/{insurer}/drafts/{draft}/shadows",
    summary:
      "Asks which past decisions of the pack would come out otherwise under the draft; nothing is recorded",
    params: draftParams,
    insurerOf: ({ insurer }) => insurer,
    body: z.strictObject({}),
    refuses: ["erased", "limit-exceeded", "not-now"],
    replies: { 202: { contentType: json, schema: shadowSchema, description: "It is looked into" } },
    example: { path: exampleShadows, body: {} },
  }),
  readShadow: route({
    ...reading,
    path: "/insurers/{insurer}/drafts/{draft}/shadows/{id}",
    summary:
      "Says how far a shadow is, and what it found: how many decisions would change from what to what, and sums by currency",
    params: shadowParams,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: { 200: { contentType: json, schema: shadowSchema, description: "The shadow" } },
    example: { path: `${exampleShadows}/${exampleClaim}` },
  }),
  listShadowed: route({
    ...reading,
    path: "/insurers/{insurer}/drafts/{draft}/shadows/{id}/changes",
    summary: "Lists the decisions that would come out otherwise, in the order of the log",
    params: shadowParams,
    insurerOf: ({ insurer }) => insurer,
    query: changedQuerySchema,
    refuses: [],
    replies: {
      200: { contentType: json, schema: changedDecisionsSchema, description: "A page" },
    },
    example: { path: `${exampleShadows}/${exampleClaim}/changes` },
  }),
} as const;
