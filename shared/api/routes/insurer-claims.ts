import * as z from "zod";
import { handleSchema, moneyCodec } from "../../base/codec.ts";
import { rulingSchema } from "../../claim/ruling.ts";
import { queuePageSchema, queueQuerySchema } from "../claim-queue.ts";
import { committedClaimSchema } from "../committed.ts";
import { exampleClaim, examplePerson, exampleRuling } from "../example.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json, text as plain } from "../media-type.ts";
import { payeeBodySchema } from "../payee-body.ts";
import { route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });
const insurerParams = z.strictObject({ insurer: insurerSchema });
const letterParams = z.strictObject({
  id: handleSchema,
  version: z.string().regex(/^[1-9][0-9]{0,17}$/, "is not a version"),
});

const text = z.string().min(1).max(4000);

export const assignmentSchema = z.strictObject({ assignee: handleSchema.nullable() });
/** A question to the claimant, or why a claim is opened again. */
export const textSchema = z.strictObject({ text });
export const noteSchema = z.strictObject({ text: text.optional() });
export const reserveSchema = z.strictObject({ reserve: moneyCodec, reason: text });
export const payeeChangeSchema = z.strictObject({ payee: payeeBodySchema, reason: text });

const deciding = {
  audience: "insurer",
  scopes: ["countersign/claims:adjudicate"],
  roles: ["adjuster"],
  precondition: true,
  params: claimParams,
} as const;
const reply = (description: string) =>
  ({ contentType: json, schema: committedClaimSchema, etag: true, description }) as const;
/** An act that makes a record, and one that says what is to hold. */
const posting = { ...deciding, method: "POST" } as const;
const putting = { ...deciding, method: "PUT" } as const;

/** What an insurer's people do with claims, and the letter of a decision, which claimants may read too: it is made where decisions are. */
export const insurerClaimRoutes = {
  listQueue: route({
    method: "GET",
    path: "/insurers/{insurer}/claims",
    summary: "The queue: open claims, the one longest untouched first, by status, assignee or time",
    audience: "insurer",
    scopes: ["countersign/claims:read"],
    roles: ["adjuster", "releaser"],
    params: insurerParams,
    query: queueQuerySchema,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: {
      200: { contentType: json, schema: queuePageSchema, description: "A page of the queue" },
    },
    example: { path: "/insurers/xiang-hu-bao/claims", query: "status=referred&assignee=none" },
  }),
  decideClaim: route({
    ...posting,
    path: "/claims/{id}/decisions",
    summary: "Records a person's ruling on a referred claim",
    body: rulingSchema,
    refuses: [
      "above-authority",
      "amount-above-claimed",
      "amount-required",
      "award-exceeded",
      "currency-mismatch",
      "erased",
      "file-time",
      "kind-has-none",
      "limit-exceeded",
      "no-payee",
      "no-policy",
      "not-in-file",
      "person-required",
      "reserve-exceeded",
      "same-decider",
      "simulation-only",
      "wrong-state",
    ],
    replies: {
      201: {
        contentType: json,
        schema: committedClaimSchema,
        description: "The decision's record and its openings",
      },
    },
    example: { path: `/claims/${exampleClaim}/decisions`, body: exampleRuling },
  }),
  readLetter: route({
    method: "GET",
    path: "/claims/{id}/decisions/{version}/letter",
    summary: "Gives the letter that explains a decision, the record's version in the claim",
    audience: "insurer",
    scopes: ["countersign/claims:read.own", "countersign/claims:read"],
    roles: ["claimant", "adjuster"],
    params: letterParams,
    refuses: ["erased"],
    replies: { 200: { contentType: plain, description: "The letter, in plain English" } },
    example: { path: `/claims/${exampleClaim}/decisions/2/letter` },
  }),
  assignClaim: route({
    ...posting,
    path: "/claims/{id}/assignment",
    summary: "Gives an open claim to one of the insurer's adjusters, or to nobody",
    body: assignmentSchema,
    refuses: ["duplicate", "erased", "person-required", "simulation-only", "wrong-state"],
    replies: { 201: reply("The assignment's record") },
    example: { path: `/claims/${exampleClaim}/assignment`, body: { assignee: examplePerson } },
  }),
  acknowledgeClaim: route({
    ...posting,
    path: "/claims/{id}/acknowledgement",
    summary: "Records that the claimant was told the claim is in hand",
    body: noteSchema,
    refuses: ["duplicate", "erased", "simulation-only", "wrong-state"],
    replies: { 201: reply("The acknowledgement's record") },
    example: {
      path: `/claims/${exampleClaim}/acknowledgement`,
      body: { text: "Your claim reached us; Aziz looks after it." },
    },
  }),
  requestInformation: route({
    ...posting,
    path: "/claims/{id}/information-requests",
    summary: "Asks the claimant for information; the clock to decide stands until it is answered",
    body: textSchema,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: { 201: reply("The request's record") },
    example: {
      path: `/claims/${exampleClaim}/information-requests`,
      body: { text: "Which hospital treated you?" },
    },
  }),
  reopenClaim: route({
    ...posting,
    path: "/claims/{id}/reopening",
    summary: "Opens a decided or closed claim again, with a reason",
    body: textSchema,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: { 201: reply("The reopening's record") },
    example: {
      path: `/claims/${exampleClaim}/reopening`,
      body: { text: "The laboratory corrected its report." },
    },
  }),
  closeClaim: route({
    ...posting,
    path: "/claims/{id}/closing",
    summary: "Closes a decided or withdrawn claim of which no payout is under way",
    body: noteSchema,
    refuses: ["erased", "simulation-only", "wrong-state"],
    replies: { 201: reply("The closing's record") },
    example: { path: `/claims/${exampleClaim}/closing`, body: {} },
  }),
  reserveClaim: route({
    ...putting,
    path: "/claims/{id}/reserve",
    summary: "Sets what is set aside for the claim in all, with a reason",
    body: reserveSchema,
    refuses: [
      "currency-mismatch",
      "erased",
      "person-required",
      "reserve-exceeded",
      "simulation-only",
      "wrong-state",
    ],
    replies: { 200: reply("The reserve's record") },
    example: {
      path: `/claims/${exampleClaim}/reserve`,
      body: { reserve: { amount: "120000.00", currency: "CNY" }, reason: "A second operation." },
    },
  }),
  changePayee: route({
    ...putting,
    path: "/claims/{id}/payee",
    summary:
      "Puts another payee in the place of a claim's; payouts not yet released are void by it",
    body: payeeChangeSchema,
    refuses: ["duplicate", "erased", "person-required", "simulation-only", "wrong-state"],
    replies: { 200: reply("The change's record") },
    example: {
      path: `/claims/${exampleClaim}/payee`,
      body: {
        payee: { name: "Example Payee", account: "CN00EXAMPLE0002" },
        reason: "The bank closed the old account.",
      },
    },
  }),
} as const;
