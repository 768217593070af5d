import { countCodec } from "../../base/codec.ts";
import { bandsSchema, clocksSchema } from "../../policy/insurer.ts";
import { paymentsSchema } from "../../policy/payments.ts";
import { recordedSchema } from "../committed.ts";
import { json } from "../media-type.ts";
import { payeeBodySchema } from "../payee-body.ts";
import { route } from "../route.ts";
import { ofInsurer } from "./of-insurer.ts";

/** What is in force, with the version of the record that published it. */
const inForce = { version: countCodec };
export const bandsInForceSchema = bandsSchema.extend(inForce);
export const paymentsInForceSchema = paymentsSchema.extend(inForce);
export const clocksInForceSchema = clocksSchema.extend(inForce);

/** The payments to publish; the payer's account is read as an IBAN or a bank's own number. */
export const paymentsBodySchema = paymentsSchema.extend({ payer: payeeBodySchema });

const reading = {
  ...ofInsurer,
  method: "GET",
  scopes: ["countersign/claims:read", "countersign/insurer:configure"],
  roles: ["adjuster", "releaser", "operator"],
} as const;
const putting = {
  ...ofInsurer,
  method: "PUT",
  scopes: ["countersign/insurer:configure"],
  roles: ["operator"],
  precondition: true,
  replies: {
    200: { contentType: json, schema: recordedSchema, etag: true, description: "The record" },
  },
} as const;
/** What a publication of amounts may be refused. */
const ofCurrency = [
  "currency-mismatch",
  "erased",
  "kind-has-none",
  "person-required",
  "simulation-only",
  "wrong-state",
] as const;
const path = "/insurers/xiang-hu-bao";
const bands = [
  { upTo: "1000000", approvers: "0" },
  { upTo: "50000000", approvers: "2" },
];

/** What an insurer goes by, each a public record: whose approval payouts take, who pays, and by when. */
export const insurerSetupRoutes = {
  readBands: route({
    ...reading,
    path: "/insurers/{insurer}/bands",
    summary: "Shows the authority bands in force; an ETag of none before the first",
    refuses: [],
    replies: {
      200: { contentType: json, schema: bandsInForceSchema, etag: true, description: "The bands" },
    },
    example: { path: `${path}/bands` },
  }),
  publishBands: route({
    ...putting,
    path: "/insurers/{insurer}/bands",
    summary: "Publishes authority bands: up to how much (in minor units) how many persons approve",
    body: bandsSchema,
    refuses: ofCurrency,
    example: { path: `${path}/bands`, body: { currency: "CNY", bands } },
  }),
  readPayments: route({
    ...reading,
    path: "/insurers/{insurer}/payments",
    summary: "Shows who pays, the bands of other heads and the hours a changed payee cools off",
    refuses: [],
    replies: {
      200: {
        contentType: json,
        schema: paymentsInForceSchema,
        etag: true,
        description: "What payouts go by",
      },
    },
    example: { path: `${path}/payments` },
  }),
  publishPayments: route({
    ...putting,
    path: "/insurers/{insurer}/payments",
    summary: "Publishes who pays, the bands of other heads and the hours a changed payee cools off",
    body: paymentsBodySchema,
    refuses: ofCurrency,
    example: {
      path: `${path}/payments`,
      body: {
        currency: "CNY",
        coolingOffHours: "48",
        heads: { interest: [], expense: [{ upTo: "500000", approvers: "1" }], "ex-gratia": [] },
        payer: { name: "Xiang Hu Bao", account: "CN00EXAMPLE0009" },
      },
    },
  }),
  readClocks: route({
    ...reading,
    path: "/insurers/{insurer}/clocks",
    summary: "Shows the statutory clocks in force, by jurisdiction",
    refuses: [],
    replies: {
      200: {
        contentType: json,
        schema: clocksInForceSchema,
        etag: true,
        description: "The clocks",
      },
    },
    example: { path: `${path}/clocks` },
  }),
  publishClocks: route({
    ...putting,
    path: "/insurers/{insurer}/clocks",
    summary: "Publishes the days to acknowledge, to decide and to pay, by jurisdiction",
    body: clocksSchema,
    refuses: ["erased", "kind-has-none", "person-required", "simulation-only", "wrong-state"],
    example: {
      path: `${path}/clocks`,
      body: {
        home: "CN",
        clocks: [
          {
            jurisdiction: "CN",
            acknowledgeDays: "5",
            decideDays: "30",
            decideFrom: "notice",
            payDays: "10",
          },
        ],
      },
    },
  }),
} as const;
