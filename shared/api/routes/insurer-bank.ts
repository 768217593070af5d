import {
  breakPageSchema,
  breaksQuerySchema,
  orderedSchema,
  orderPageSchema,
  ordersQuerySchema,
  reconciliationPageSchema,
  reconciliationsQuerySchema,
  releaseOrderSchema,
} from "../bank-views.ts";
import { examplePayout } from "../example.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";
import { ofInsurer } from "./of-insurer.ts";

const reading = {
  ...ofInsurer,
  method: "GET",
  scopes: ["countersign/claims:read"],
  roles: ["adjuster", "releaser"],
} as const;

/** What is between an insurer and its bank. */
export const insurerBankRoutes = {
  orderRelease: route({
    ...ofInsurer,
    method: "POST",
    path: "/insurers/{insurer}/release-orders",
    summary: "Orders that approved payouts be released as one payment file within a window",
    scopes: ["countersign/payouts:release"],
    roles: ["releaser"],
    body: releaseOrderSchema,
    refuses: ["erased", "order-lapsed", "person-required", "simulation-only", "wrong-state"],
    replies: {
      201: { contentType: json, schema: orderedSchema, nameless: true, description: "The order" },
    },
    example: {
      path: "/insurers/xiang-hu-bao/release-orders",
      body: {
        payouts: [examplePayout],
        opensAt: "2026-11-26T16:00:00.000000Z",
        closesAt: "2026-11-26T17:00:00.000000Z",
      },
    },
  }),
  listReleaseOrders: route({
    ...reading,
    path: "/insurers/{insurer}/release-orders",
    summary: "Lists release orders that wait, or in another state, by their windows",
    query: ordersQuerySchema,
    refuses: [],
    replies: { 200: { contentType: json, schema: orderPageSchema, description: "A page" } },
    example: { path: "/insurers/xiang-hu-bao/release-orders", query: "state=waiting" },
  }),
  listBreaks: route({
    ...reading,
    path: "/insurers/{insurer}/breaks",
    summary: "Lists differences between ledger, payment files and bank, the oldest first",
    query: breaksQuerySchema,
    refuses: [],
    replies: { 200: { contentType: json, schema: breakPageSchema, description: "A page" } },
    example: { path: "/insurers/xiang-hu-bao/breaks", query: "which=all" },
  }),
  listReconciliations: route({
    ...reading,
    path: "/insurers/{insurer}/reconciliations",
    summary: "Lists what the reconciliations with the bank came to, the newest first",
    query: reconciliationsQuerySchema,
    refuses: [],
    replies: {
      200: { contentType: json, schema: reconciliationPageSchema, description: "A page" },
    },
    example: { path: "/insurers/xiang-hu-bao/reconciliations" },
  }),
} as const;
