import * as z from "zod";
import { lazily } from "../base/lazily.ts";
import { maxDates, requireAscending } from "./dated.ts";
import { date, expression, integer, text } from "./words.ts";

export const maxRows = 200;

const row = lazily(() =>
  z.strictObject({
    from: integer,
    to: integer.nullable(),
    value: z.union([integer, text(200)], { error: "is neither an integer nor a text" }),
  }),
);
export type TableRow = z.output<ReturnType<typeof row>>;

const rows = () => z.array(row()).min(1).max(maxRows).superRefine(requireApart);

/** What a table's integers are: minor units, days, whole years, basis points. Letters say them so. */
export const tableUnits = ["money", "days", "years", "basis-points"] as const;

/** A table: a row by the range in which the integer `by` lies, from ≤ `by` < to, and the rows by day. */
export const table = lazily(() =>
  z
    .strictObject({
      by: expression,
      unit: z.enum(tableUnits).optional(),
      dated: z
        .array(z.strictObject({ from: date, rows: rows() }))
        .min(1)
        .max(maxDates)
        .superRefine(requireAscending)
        .superRefine((entries, context) => {
          const kind = typeof entries[0]?.rows[0]?.value;
          for (const [index, entry] of entries.entries()) {
            const other = entry.rows.findIndex(({ value }) => typeof value !== kind);
            if (other < 0) continue;
            const message = `is not ${kind === "number" ? "an integer" : "a text"} as the first row's`;
            context.addIssue({ code: "custom", path: [index, "rows", other, "value"], message });
          }
        }),
    })
    .superRefine(({ unit, dated }, context) => {
      if (unit === undefined || typeof dated[0]?.rows[0]?.value !== "string") return;
      context.addIssue({
        code: "custom",
        path: ["unit"],
        message: "is of integers, and the rows have texts",
      });
    }),
);
export type Table = z.output<ReturnType<typeof table>>;

/** Rows ascend, none is empty and no two overlap; only the last may be open. A gap is allowed: what falls into it is referred. */
function requireApart(found: readonly TableRow[], context: z.RefinementCtx): void {
  for (const [index, { from, to }] of found.entries()) {
    if (to !== null && to <= from) {
      context.addIssue({ code: "custom", path: [index, "to"], message: "is not above from" });
    }
    const before = found[index - 1];
    if (!before || (before.to !== null && before.to <= from)) continue;
    const message = `overlaps row ${index - 1}, which ends ${before.to === null ? "nowhere" : `before ${before.to}`}`;
    context.addIssue({ code: "custom", path: [index, "from"], message });
  }
}
