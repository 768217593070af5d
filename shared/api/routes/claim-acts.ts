import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { committedClaimSchema } from "../committed.ts";
import { exampleClaim } from "../example.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });
const text = z.string().min(1).max(4000);
const textBody = z.strictObject({ text });
const optionalTextBody = z.strictObject({ text: text.optional() });

const committed = {
  201: {
    contentType: json,
    schema: committedClaimSchema,
    description: "The act's record and your openings",
    etag: true,
  },
} as const;

/** What a person does to a claim of their own. */
export const claimActRoutes = {
  answerInformation: route({
    method: "POST",
    path: "/claims/{id}/information",
    summary: "Answers what the insurer asked of you; its clock goes on from then",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant"],
    params: claimParams,
    body: textBody,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: committed,
    example: {
      path: `/claims/${exampleClaim}/information`,
      body: { text: "The date of diagnosis was 30 January; the letter is attached." },
    },
  }),
  withdrawClaim: route({
    method: "POST",
    path: "/claims/{id}/withdrawal",
    summary: "Withdraws your claim, unless it is decided or a payout of it is under way",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant"],
    params: claimParams,
    body: optionalTextBody,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: committed,
    example: { path: `/claims/${exampleClaim}/withdrawal`, body: {} },
  }),
  appealClaim: route({
    method: "POST",
    path: "/claims/{id}/appeal",
    summary: "Appeals the decision on your claim; another person decides it",
    audience: "claimant",
    scopes: ["countersign/claims:submit"],
    roles: ["claimant"],
    params: claimParams,
    body: textBody,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: committed,
    example: {
      path: `/claims/${exampleClaim}/appeal`,
      body: { text: "The amendment of 7 February covers this illness." },
    },
  }),
} as const;
