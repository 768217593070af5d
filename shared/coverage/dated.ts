import type * as z from "zod";
import type { Day } from "../base/day.ts";

export const maxDates = 50;

/** Refuses a list of dated values whose days don't ascend. */
export function requireAscending(
  entries: readonly { readonly from: string }[],
  context: z.RefinementCtx,
): void {
  for (const [index, { from }] of entries.entries()) {
    const before = entries[index - 1];
    if (!before || before.from < from) continue;
    const message = `is not after ${before.from}, the date before it`;
    context.addIssue({ code: "custom", path: [index, "from"], message });
  }
}

/** Which of the ascending days `froms` is in force on `day`: the last that is not after it; -1 before the first. */
export const inForce = (froms: readonly Day[], day: Day): number =>
  froms.findLastIndex((from) => from <= day);
