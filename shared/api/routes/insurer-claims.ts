import * as z from "zod";
import { handleSchema, moneyCodec } from "../../base/codec.ts";
import { rulingSchema } from "../../claim/ruling.ts";
import { queuePageSchema, queueQuerySchema } from "../claim-queue.ts";
import { insurerSchema } from "../claim-view.ts";
import { committedClaimSchema } from "../committed.ts";
import { exampleClaim, examplePerson, exampleRuling } from "../example.ts";
import { json } from "../media-type.ts";
import { payeeBodySchema } from "../payee-body.ts";
import { type Route, route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });
const insurerParams = z.strictObject({ insurer: insurerSchema });
const text = z.string().min(1).max(4000);

export const assignmentSchema = z.strictObject({ assignee: handleSchema.nullable() });
/** A question to the claimant, or why a claim is opened again. */
export const textSchema = z.strictObject({ text });
export const noteSchema = z.strictObject({ text: text.optional() });
export const reserveSchema = z.strictObject({ reserve: moneyCodec, reason: text });
export const payeeChangeSchema = z.strictObject({ payee: payeeBodySchema, reason: text });

/** A row for an act of an adjuster on one claim. */
const act = <Body>(
  row: Pick<Route<{ id: string }, Body>, "method" | "summary" | "body"> & {
    readonly what: string;
    readonly example: NonNullable<Route["example"]["body"]>;
    readonly description: string;
  },
) => {
  const { what, example, description, ...named } = row;
  const replies = {
    [row.method === "POST" ? 201 : 200]: {
      contentType: json,
      schema: committedClaimSchema,
      etag: true,
      description,
    },
  } as const;
  return route({
    ...named,
    path: `/claims/{id}/${what}`,
    audience: "insurer",
    scopes: ["countersign/claims:adjudicate"],
    roles: ["adjuster"],
    precondition: true,
    params: claimParams,
    replies,
    example: { path: `/claims/${exampleClaim}/${what}`, body: example },
  });
};

/** What an insurer's people do with claims. */
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
    replies: {
      200: { contentType: json, schema: queuePageSchema, description: "A page of the queue" },
    },
    example: { path: "/insurers/xiang-hu-bao/claims", query: "status=referred&assignee=none" },
  }),
  decideClaim: route({
    method: "POST",
    path: "/claims/{id}/decisions",
    summary: "Records a person's ruling on a referred claim",
    audience: "insurer",
    scopes: ["countersign/claims:adjudicate"],
    roles: ["adjuster"],
    precondition: true,
    params: claimParams,
    body: rulingSchema,
    replies: {
      201: {
        contentType: json,
        schema: committedClaimSchema,
        description: "The decision's record and its openings",
      },
    },
    example: { path: `/claims/${exampleClaim}/decisions`, body: exampleRuling },
  }),
  assignClaim: act({
    method: "POST",
    what: "assignment",
    summary: "Gives an open claim to one of the insurer's adjusters, or to nobody",
    body: assignmentSchema,
    description: "The assignment's record",
    example: { assignee: examplePerson },
  }),
  acknowledgeClaim: act({
    method: "POST",
    what: "acknowledgement",
    summary: "Records that the claimant was told the claim is in hand",
    body: noteSchema,
    description: "The acknowledgement's record",
    example: { text: "Your claim reached us; Aziz looks after it." },
  }),
  requestInformation: act({
    method: "POST",
    what: "information-requests",
    summary: "Asks the claimant for information; the clock to decide stands until it is answered",
    body: textSchema,
    description: "The request's record",
    example: { text: "Which hospital treated you?" },
  }),
  reopenClaim: act({
    method: "POST",
    what: "reopening",
    summary: "Opens a decided or closed claim again, with a reason",
    body: textSchema,
    description: "The reopening's record",
    example: { text: "The laboratory corrected its report." },
  }),
  closeClaim: act({
    method: "POST",
    what: "closing",
    summary: "Closes a decided or withdrawn claim of which no payout is under way",
    body: noteSchema,
    description: "The closing's record",
    example: {},
  }),
  reserveClaim: act({
    method: "PUT",
    what: "reserve",
    summary: "Sets what is set aside for the claim in all, with a reason",
    body: reserveSchema,
    description: "The reserve's record",
    example: { reserve: { amount: "120000.00", currency: "CNY" }, reason: "A second operation." },
  }),
  changePayee: act({
    method: "PUT",
    what: "payee",
    summary:
      "Puts another payee in the place of a claim's; payouts not yet released are void by it",
    body: payeeChangeSchema,
    description: "The change's record",
    example: {
      payee: { name: "Example Payee", account: "CN00EXAMPLE0002" },
      reason: "The bank closed the old account.",
    },
  }),
} as const;
