import * as z from "zod";
import { handleSchema, moneyCodec } from "../../base/codec.ts";
import { heads } from "../../claim/heads.ts";
import { bases } from "../../payout/state.ts";
import { committedPayoutSchema } from "../committed.ts";
import { exampleClaim, examplePayout } from "../example.ts";
import { insurerSchema } from "../insurer-id.ts";
import { json } from "../media-type.ts";
import { payeeBodySchema } from "../payee-body.ts";
import { payoutPageSchema, payoutsQuerySchema, payoutViewSchema } from "../payout-views.ts";
import { route } from "../route.ts";

const reason = z.string().min(1).max(4000);
const nothing = z.strictObject({});

/** A payout to propose. Without an amount: all that is still payable; without a head: indemnity. Only an expense names its own payee. */
export const proposalSchema = z.strictObject({
  amount: moneyCodec.optional(),
  head: z.enum(heads).optional(),
  /** Of a claim that is open again: what the decision that still stands awards. */
  interim: z.literal(true).optional(),
  payee: payeeBodySchema.optional(),
});
export const reasonSchema = z.strictObject({ reason });
export const recoverySchema = z.strictObject({
  amount: moneyCodec,
  basis: z.enum(bases),
  reference: z.string().min(1).max(120),
});

const params = z.strictObject({ id: handleSchema });
const committed = (description: string) =>
  ({ 201: { contentType: json, schema: committedPayoutSchema, etag: true, description } }) as const;

/** Who makes payouts and checks them. */
const approving = {
  method: "POST",
  audience: "insurer",
  scopes: ["countersign/payouts:approve"],
  roles: ["adjuster"],
  precondition: true,
  params,
} as const;
/** What whoever releases may do as well. */
const ending = {
  ...approving,
  scopes: ["countersign/payouts:approve", "countersign/payouts:release"],
  roles: ["adjuster", "releaser"],
} as const;
/** What a proposal may be refused, a payout that replaces another being one. */
const ofProposal = [
  "above-authority",
  "amount-required",
  "award-exceeded",
  "currency-mismatch",
  "duplicate",
  "erased",
  "kind-has-none",
  "limit-exceeded",
  "no-payee",
  "person-required",
  "reserve-exceeded",
  "simulation-only",
  "wrong-state",
] as const;
const reading = {
  method: "GET",
  audience: "insurer",
  scopes: ["countersign/claims:read"],
  roles: ["adjuster", "releaser"],
} as const;

/** What an insurer's people do with payouts. */
export const insurerPayoutRoutes = {
  listPayouts: route({
    ...reading,
    path: "/insurers/{insurer}/payouts",
    summary: "Lists payouts under way, or in one status, the one longest untouched first",
    params: z.strictObject({ insurer: insurerSchema }),
    query: payoutsQuerySchema,
    insurerOf: ({ insurer }) => insurer,
    refuses: [],
    replies: { 200: { contentType: json, schema: payoutPageSchema, description: "A page" } },
    example: { path: "/insurers/xiang-hu-bao/payouts", query: "status=screened" },
  }),
  readPayout: route({
    ...reading,
    path: "/payouts/{id}",
    summary: "Shows a payout: payee, approvals, breaks, recoveries",
    params,
    refuses: ["erased"],
    replies: {
      200: { contentType: json, schema: payoutViewSchema, etag: true, description: "The payout" },
    },
    example: { path: `/payouts/${examplePayout}` },
  }),
  proposePayout: route({
    ...approving,
    path: "/claims/{id}/payouts",
    summary:
      "Proposes a payout of a claim, in whole, in part, in the interim or under another head",
    body: proposalSchema,
    refuses: ofProposal,
    replies: committed("The proposal's record"),
    example: {
      path: `/claims/${exampleClaim}/payouts`,
      body: { amount: { amount: "25000.00", currency: "CNY" } },
    },
  }),
  approvePayout: route({
    ...approving,
    path: "/payouts/{id}/approvals",
    summary: "Records one person's approval; nobody approves twice, nor what they proposed",
    body: nothing,
    refuses: [
      "erased",
      "payee-changed",
      "person-required",
      "same-person",
      "screening-hold",
      "simulation-only",
      "wrong-state",
    ],
    replies: committed("The approval's record"),
    example: { path: `/payouts/${examplePayout}/approvals`, body: {} },
  }),
  stopPayout: route({
    ...ending,
    path: "/payouts/{id}/stop",
    summary: "Stops a payout that was approved and not yet released",
    body: reasonSchema,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: committed("The stop's record"),
    example: {
      path: `/payouts/${examplePayout}/stop`,
      body: { reason: "The hospital billed twice." },
    },
  }),
  voidPayout: route({
    ...ending,
    path: "/payouts/{id}/void",
    summary: "Voids a payout that is not approved, or was stopped",
    body: reasonSchema,
    refuses: ["erased", "person-required", "simulation-only", "wrong-state"],
    replies: committed("The record that voids it"),
    example: {
      path: `/payouts/${examplePayout}/void`,
      body: { reason: "Proposed by mistake." },
    },
  }),
  reissuePayout: route({
    ...approving,
    path: "/payouts/{id}/reissue",
    summary: "Pays a payout that ended unpaid again, to the claim's present payee",
    body: nothing,
    refuses: ofProposal,
    replies: committed("The record of the payout that replaces it"),
    example: { path: `/payouts/${examplePayout}/reissue`, body: {} },
  }),
  recoverPayout: route({
    ...approving,
    path: "/payouts/{id}/recoveries",
    summary: "Records money that came back for a settled payout otherwise than by its bank",
    body: recoverySchema,
    refuses: [
      "currency-mismatch",
      "erased",
      "person-required",
      "recovery-exceeded",
      "simulation-only",
      "wrong-state",
    ],
    replies: committed("The recovery's record"),
    example: {
      path: `/payouts/${examplePayout}/recoveries`,
      body: {
        amount: { amount: "100.00", currency: "CNY" },
        basis: "overpayment",
        reference: "REPAID-17",
      },
    },
  }),
  closeBreak: route({
    ...ending,
    path: "/payouts/{id}/breaks/{number}/closing",
    summary: "Closes a break of a payout and says how it was cleared up",
    params: z.strictObject({
      id: handleSchema,
      number: z.string().regex(/^[1-9][0-9]{0,2}$/, "is not a break's number"),
    }),
    body: reasonSchema,
    refuses: ["erased", "person-required", "same-person", "simulation-only", "wrong-state"],
    replies: committed("The closing's record"),
    example: {
      path: `/payouts/${examplePayout}/breaks/1/closing`,
      body: { reason: "The bank wrote that it took the second booking back." },
    },
  }),
} as const;
