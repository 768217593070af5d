import * as z from "zod";
import { type Act, signatorySchema } from "../base/actor.ts";
import { countCodec, currencySchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { dayOf, formatDay } from "../base/day.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { InsurerState } from "./insurer.ts";

const countsSchema = z.strictObject({
  reported: countCodec,
  paid: countCodec,
  recovered: countCodec,
  outstanding: countCodec,
  /** Claims and payouts with a record in the period that are left out of all the rest, since their amounts were erased. */
  erased: countCodec,
});

/** Where one account stands: its name, and how much more was debited than credited, or the other way round. */
const balanceSchema = z.strictObject({
  account: z
    .string()
    .max(40)
    .regex(/^[a-z-]+(\/[a-z-]+)?$/),
  side: z.enum(["debit", "credit"]),
  amount: moneyCodec,
});

const mostAccounts = 32;

/**
 * Control totals of one period, a day: what the insurer's own books say of the entries from `from` up to `to` of its log. Claims reported, payouts
 * settled and payouts returned in them; claims and money outstanding after them; how many were left out, since nobody knows their amounts any
 * more. The period's name is a label; the cut is the two positions.
 */
const totalsSchema = () =>
  z.strictObject({
    period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "is not a day"),
    currency: currencySchema,
    from: countCodec,
    to: countCodec,
    counts: countsSchema,
    reported: moneyCodec,
    paid: moneyCodec,
    recovered: moneyCodec,
    outstanding: moneyCodec,
    /** What each account of the double-entry books stands at after them: a proof that debits and credits are even. */
    books: z.array(balanceSchema).max(mostAccounts),
    now: instantCodec,
    by: signatorySchema.optional(),
  });
export type Totals = z.output<ReturnType<typeof totalsSchema>>;

export const totalsForm = eventForm("totals.recorded", totalsSchema, {
  financial: [
    ...["period", "currency", "from", "to", "counts", "reported", "paid", "recovered"],
    ...["outstanding", "books", "now"],
  ] as (keyof Totals)[],
  staff: ["by"],
});

/** Records a period's totals: it goes on where the one before ended, is not empty, is not of the future, and is in the insurer's currency, and its books are even. */
export function recordTotals(
  insurer: Seen<InsurerState>,
  totals: Omit<Totals, "now" | "by">,
  act: Act,
): DomainEvent | Refusal {
  const { period, currency, from, to } = totals;
  const before = insurer.state.totals;
  const { reported, paid, recovered, outstanding, books } = totals;
  const amounts = [reported, paid, recovered, outstanding, ...books.map(({ amount }) => amount)];
  if (
    [currency, ...amounts.map((amount) => amount.currency)].some(
      (each) => each !== insurer.state.currency,
    )
  ) {
    return refuse("currency-mismatch", "Totals are in the insurer's currency.", "currency");
  }
  if (!isEven(totals.books)) {
    return refuse("wrong-state", "The books are not even: debits and credits differ.", "books");
  }
  if (from !== (before?.to ?? 0n) || to <= from) {
    return refuse("wrong-state", "A period goes on where the one before ended.", "from");
  }
  if (period < (before?.period ?? "") || period > formatDay(dayOf(act.now))) {
    return refuse("wrong-state", "Periods ascend, and are not of the future.", "period");
  }
  const by = act.signatory ? { by: act.signatory } : {};
  return eventOf(totalsForm, insurer.stream, { ...totals, now: act.now, ...by });
}

/** Whether accounts stand each once, by name, on some side of nothing, and debits and credits come to the same. */
function isEven(books: Totals["books"]): boolean {
  const inOrder = books.every(
    ({ account, amount }, at) =>
      amount.minor > 0n && (at === 0 || account > (books[at - 1]?.account ?? "")),
  );
  const sum = books.reduce(
    (all, { side, amount }) => all + (side === "debit" ? amount.minor : -amount.minor),
    0n,
  );
  return inOrder && sum === 0n;
}
