import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { termsSchema } from "../../policy/policy.ts";
import { insurerSchema } from "../claim-view.ts";
import { committedPolicySchema } from "../committed.ts";
import { examplePack, examplePerson, examplePolicy } from "../example.ts";
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

/** What an insurer's underwriters do with policies. */
export const insurerPolicyRoutes = {
  issuePolicy: route({
    ...writing,
    path: "/insurers/{insurer}/policies",
    summary: "Issues a policy under a published rule pack",
    params: z.strictObject({ insurer: insurerSchema }),
    insurerOf: ({ insurer }) => insurer,
    body: termsSchema,
    replies: committed("The policy's first record"),
    example: { path: "/insurers/xiang-hu-bao/policies", body: terms },
  }),
  endorsePolicy: route({
    ...changing,
    path: "/policies/{id}/endorsements",
    summary: "Replaces a policy's terms from now on, with a reason; decisions made stand",
    body: endorsementSchema,
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
    replies: committed("The cancellation's record"),
    example: {
      path: `/policies/${examplePolicy}/cancellation`,
      body: { reason: "The holder asked for it." },
    },
  }),
} as const;
