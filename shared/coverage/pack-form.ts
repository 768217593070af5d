import * as z from "zod";
import { currencySchema } from "../base/codec.ts";
import { goldenCase } from "./golden-case.ts";
import { engineReasons } from "./reasons.ts";
import { date, id, integer, reasonCode, text } from "./words.ts";

export const maxRules = 200;
export const maxExpressionLength = 1_000;
export const maxListItems = 500;

const packReason = reasonCode.refine((code) => !Object.hasOwn(engineReasons, code), "is reserved");

const citation = z.strictObject({ clause: text(120), text: text(2_000) });
export type Citation = z.output<typeof citation>;

const parameter = z.union(
  [
    integer,
    z.boolean(),
    text(200),
    z.strictObject({ date }),
    z.array(integer).min(1).max(maxListItems),
    z.array(text(200)).min(1).max(maxListItems),
  ],
  { error: "is neither an integer, a truth value, a text, a date nor a list of one kind" },
);
export type Parameter = z.output<typeof parameter>;

/** Named apart so that no object here looks like a promise. */
const then = "then";
const expression = text(maxExpressionLength);
const ruleHead = { id, when: expression, reasonCode: packReason, citation };
const rule = z.discriminatedUnion("then", [
  z.strictObject({ ...ruleHead, [then]: z.literal("PAY"), amount: expression.optional() }),
  z.strictObject({ ...ruleHead, [then]: z.literal("PAY_PART"), amount: expression }),
  z.strictObject({ ...ruleHead, [then]: z.literal("REFER") }),
]);
export type Rule = z.output<typeof rule>;

/** The form of a pack: everything but its expressions, which compilePack reads. */
export const packSchema = z
  .strictObject({
    id,
    version: z.int().min(1).max(1_000_000),
    title: text(200),
    dateBasis: z.enum(["loss", "diagnosis", "notice"]),
    currency: currencySchema,
    effective: z.strictObject({ from: date, to: date.nullable() }),
    parameters: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/), parameter),
    limitCitation: citation.optional(),
    /** How many days after a decision's letter an appeal may come, and the clause that says so. */
    appeal: z.strictObject({ withinDays: z.int().min(1).max(3_650), citation }).optional(),
    rules: z.array(rule).min(1).max(maxRules),
    cases: z.array(goldenCase).max(500),
  })
  .superRefine((pack, context) => {
    if (pack.effective.to !== null && pack.effective.to <= pack.effective.from) {
      const message = "is not after the first day";
      context.addIssue({ code: "custom", path: ["effective", "to"], message });
    }
    for (const index of repeatsIn(pack.rules.map((each) => each.id))) {
      context.addIssue({ code: "custom", path: ["rules", index, "id"], message: "is repeated" });
    }
    for (const index of repeatsIn(pack.cases.map((each) => each.name))) {
      context.addIssue({ code: "custom", path: ["cases", index, "name"], message: "is repeated" });
    }
  });

const repeatsIn = (names: readonly string[]): number[] =>
  names.flatMap((name, index) => (names.indexOf(name) === index ? [] : [index]));
