import * as z from "zod";
import { currencySchema } from "../base/codec.ts";
import { lazily } from "../base/lazily.ts";
import { citation } from "./citation.ts";
import { goldenCase } from "./golden-case.ts";
import { parameter } from "./parameter-form.ts";
import { requireBonds, rule } from "./rule-form.ts";
import { requireOrder } from "./rule-steps.ts";
import { table } from "./table-form.ts";
import { date, id, text } from "./words.ts";

export const maxRules = 200;
export const maxParameters = 200;
export const maxTables = 50;
export const maxFunds = 16;

const name = lazily(() =>
  z
    .string()
    .regex(
      /^[a-z][A-Za-z0-9]{0,39}$/,
      "is not a name: a lower-case letter, then letters and digits",
    ),
);

/** At most `most` values of `schema` by name. */
const named = <Schema extends z.ZodType>(schema: Schema, most: number) =>
  z
    .record(name(), schema)
    .refine((entries) => Object.keys(entries).length <= most, `has over ${most} names`);

/** The form of a pack: everything but its expressions, which compilePack reads. */
export const packSchema = lazily(() =>
  z
    .strictObject({
      id,
      version: z.int().min(1).max(1_000_000),
      title: text(200),
      dateBasis: z.enum(["loss", "diagnosis", "notice"]),
      currency: currencySchema,
      effective: z.strictObject({ from: date, to: date.nullable() }),
      /** Why the version may take effect before the day of its notice; only in the insured's favour. */
      retroactive: z.strictObject({ reason: text(2_000) }).optional(),
      parameters: named(parameter, maxParameters),
      tables: named(table(), maxTables).optional(),
      funds: z.array(id).min(1).max(maxFunds).optional(),
      limitCitation: citation().optional(),
      /** How many days after a decision's letter an appeal may come, and the clause that says so. */
      appeal: z
        .strictObject({ withinDays: z.int().min(1).max(3_650), citation: citation() })
        .optional(),
      /** Where it is there, the pack looks for claims submitted twice. */
      duplicateCitation: citation().optional(),
      rules: z.array(rule()).min(1).max(maxRules),
      cases: z.array(goldenCase()).max(500),
    })
    .superRefine((pack, context) => {
      if (pack.effective.to !== null && pack.effective.to <= pack.effective.from) {
        const message = "is not after the first day";
        context.addIssue({ code: "custom", path: ["effective", "to"], message });
      }
      const lists: readonly (readonly [string, string, readonly string[]])[] = [
        ["rules", "id", pack.rules.map((each) => each.id)],
        ["cases", "name", pack.cases.map((each) => each.name)],
      ];
      for (const [list, field, names] of lists) {
        for (const index of repeatsIn(names)) {
          context.addIssue({ code: "custom", path: [list, index, field], message: "is repeated" });
        }
      }
      for (const index of repeatsIn(pack.funds ?? [])) {
        context.addIssue({ code: "custom", path: ["funds", index], message: "is repeated" });
      }
    })
    .superRefine(requireBonds)
    .superRefine(requireOrder),
);

const repeatsIn = (names: readonly string[]): number[] => {
  const first = new Map(names.map((each, index) => [each, index] as const).reverse());
  return names.flatMap((each, index) => (first.get(each) === index ? [] : [index]));
};
