import * as z from "zod";
import { breakKinds } from "../base/bank-breaks.ts";
import { countCodec, dayCodec, handleSchema } from "../base/codec.ts";
import { formatDay } from "../base/day.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { InsurerState } from "./insurer.ts";

/** Most breaks that one record says were opened, and were closed. */
export const mostBreaksTold = 100;

const breakSchema = z.strictObject({
  kind: z.enum(breakKinds),
  /** The payout, or of a file's break the file. */
  about: handleSchema.nullable(),
  /** SHA-256 of the bank's message. */
  message: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type ToldBreak = z.output<typeof breakSchema>;
const told = z.array(breakSchema).max(mostBreaksTold);

/**
 * What a reconciliation of payouts, payment files and bank messages came to on a day: payouts that were ever sent, those of them that a bank's
 * message ended and on which nothing is open, and the breaks opened and closed since the record before. No amount and no name.
 */
const reconciliationSchema = () =>
  z.strictObject({
    number: countCodec,
    day: dayCodec,
    payments: countCodec,
    matched: countCodec,
    opened: told,
    closed: told,
  });
export type Reconciliation = z.output<ReturnType<typeof reconciliationSchema>>;
export const reconciliationForm = eventForm("reconciliation.recorded", reconciliationSchema);

/** Records a reconciliation: the next by number, of no earlier day, with no more matched than sent. */
export function recordReconciliation(
  insurer: Seen<InsurerState>,
  reconciliation: Reconciliation,
): DomainEvent | Refusal {
  const { number, day, payments, matched } = reconciliation;
  const before = insurer.state.reconciliation;
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake pays nothing.");
  if (number !== (before?.number ?? 0n) + 1n) {
    return refuse("wrong-state", "Reconciliations are numbered without a gap.", "number");
  }
  if (before && day < before.day) {
    return refuse("wrong-state", `The one before is of ${formatDay(before.day)}.`, "day");
  }
  if (matched > payments) {
    return refuse("wrong-state", "More is matched than was sent.", "matched");
  }
  return eventOf(reconciliationForm, insurer.stream, reconciliation);
}
