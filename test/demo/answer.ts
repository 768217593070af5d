import { expect } from "@jest/globals";
import * as z from "zod";

const amount = z.string().regex(/^\d+\.\d{2}$/);
const count = z.int().min(0);
const size = z.string().regex(/^(0|[1-9]\d*)$/);
const root = z.string().regex(/^[0-9a-f]{64}$/);
/** Payment files of the log, and how many of them were made again. */
const paymentFiles = z.strictObject({ files: count, rederived: count });
/** Clocks of claims that ran out, as logs record it, and claims of which nobody can tell. */
const ranOut = z.strictObject({ breaches: count, unread: count });
/** Revisions that were imported from another ledger, those that prove there, and those that are not open. */
const brought = z.strictObject({ revisions: count, proven: count, unread: count });
/** Sealed acts of any type, and those that were made again. */
const madeAgain = z.strictObject({ sealed: count, reexecuted: count });
const log = z.strictObject({ origin: z.string(), size: count, root });

/** The one line of `demo --json`: exactly these members. */
export const demoAnswer = z.strictObject({
  claims: count,
  claimed: amount,
  approved: z.strictObject({ count, amount, inFull: count, inPart: count, atZero: count }),
  denied: z.strictObject({ count, reasons: z.record(z.string(), count) }),
  payouts: z.strictObject({ count, settled: amount }),
  breaks: z.strictObject({ injected: count, found: count }),
  rejectedRows: count,
  transactions: count,
  logs: z.array(log),
  audit: z.strictObject({
    ok: z.boolean(),
    anchored: z.boolean(),
    entries: count,
    decisions: count,
    reexecuted: count,
    withheld: count,
    erased: count,
    holes: count,
    acts: madeAgain,
    payments: paymentFiles,
    clocks: ranOut,
    imports: brought,
  }),
  seconds: z.number(),
  attack: z
    .array(
      z.strictObject({
        changed: z.string(),
        caught: z.boolean(),
        by: z.enum(["replay", "note"]).nullable(),
      }),
    )
    .optional(),
});

/** The one line of `audit verify --json`: exactly these members. */
export const auditAnswer = z.strictObject({
  ok: z.boolean(),
  anchored: z.boolean(),
  logs: z.array(log),
  entries: count,
  decisions: count,
  reexecuted: count,
  withheld: count,
  erased: count,
  holes: count,
  acts: madeAgain,
  payments: paymentFiles,
  clocks: ranOut,
  imports: brought,
  findings: z.array(
    z.strictObject({
      origin: z.string(),
      index: size.nullable(),
      file: z.string().nullable(),
      code: z.string().regex(/^[a-z-]+$/),
      expected: z.string().max(300),
      found: z.string().max(300),
    }),
  ),
});

/** The only line on `stdout`, as JSON of `schema`. */
export function oneLine<Schema extends z.ZodType>(
  schema: Schema,
  stdout: string,
): z.output<Schema> {
  expect(stdout.endsWith("\n")).toBe(true);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return schema.parse(JSON.parse(stdout));
}

/** Whether every decision ended in exactly one way. */
export const addsUp = (audit: z.output<typeof demoAnswer>["audit"]): boolean =>
  audit.reexecuted + audit.withheld + audit.erased + audit.holes === audit.decisions;

/** Findings by origin, then index, those of a whole log last. */
export function expectInOrder(findings: z.output<typeof auditAnswer>["findings"]): void {
  const place = ({ origin, index }: (typeof findings)[number]) =>
    `${origin} ${(index ?? "").padStart(20, index === null ? "~" : "0")}`;
  const places = findings.map(place);
  expect(places).toEqual([...places].sort());
}
