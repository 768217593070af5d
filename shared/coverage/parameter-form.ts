import * as z from "zod";
import { lazily } from "../base/lazily.ts";
import { maxDates, requireAscending } from "./dated.ts";
import { byShape, date, integer, text } from "./words.ts";

export const maxListItems = 500;

const noParameter = "is neither an integer, a truth value, a text, a date nor a list of one kind";
const nothing = lazily(() =>
  z.custom<never>(() => false, {
    error: ({ input }) => (input === undefined ? "is missing" : noParameter),
  }),
);
const civilDate = lazily(() => z.strictObject({ date }));
const integers = lazily(() => z.array(integer).min(1).max(maxListItems));
const texts = lazily(() => z.array(text(200)).min(1).max(maxListItems));

/** One value: an integer, a truth value, a text, a date, or a list of integers or texts. */
export type PlainValue =
  | number
  | boolean
  | string
  | z.output<ReturnType<typeof civilDate>>
  | z.output<ReturnType<typeof integers>>
  | z.output<ReturnType<typeof texts>>;
const plain = byShape<PlainValue>((value) => {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "number")) return integers();
    return value.every((item) => typeof item === "string") ? texts() : nothing();
  }
  if (typeof value === "number") return integer;
  if (typeof value === "boolean") return z.boolean();
  if (typeof value === "string") return text(200);
  return typeof value === "object" && value !== null ? civilDate() : nothing();
});

const dated = lazily(() =>
  z.strictObject({
    dated: z
      .array(z.strictObject({ from: date, value: plain }))
      .min(1)
      .max(maxDates)
      .superRefine(requireAscending)
      .superRefine((entries, context) => {
        const kind = kindOf(entries[0]?.value);
        for (const [index, { value }] of entries.entries()) {
          if (kindOf(value) === kind) continue;
          const message = `is another kind of value than the first, ${kind}`;
          context.addIssue({ code: "custom", path: [index, "value"], message });
        }
      }),
  }),
);

/** A parameter: one value, or values that hold each from a day on. */
export const parameter = byShape<Parameter>((value) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "dated") ? dated() : plain,
);
export type Parameter = PlainValue | z.output<ReturnType<typeof dated>>;

/** The values a parameter can have, oldest first. */
export const valuesOf = (value: Parameter): readonly PlainValue[] =>
  isDated(value) ? value.dated.map((entry) => entry.value) : [value];

/** Whether a parameter goes by days. */
export const isDated = (value: Parameter): value is z.output<ReturnType<typeof dated>> =>
  typeof value === "object" && "dated" in value;

function kindOf(value: PlainValue | undefined): string {
  if (Array.isArray(value))
    return typeof value[0] === "number" ? "a list of int" : "a list of text";
  if (typeof value === "object") return "a date";
  return typeof value === "number" ? "int" : typeof value === "string" ? "text" : "a truth value";
}
