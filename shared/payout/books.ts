import type { DomainEvent } from "../base/event.ts";
import { type Head, heads } from "../claim/heads.ts";
import {
  type Recovered,
  type Reported,
  recoveredForm,
  releasedForm,
  reportedForm,
} from "./forms.ts";
import type { PayoutState } from "./state.ts";

/**
 * The accounts of an insurer's claims: what is set aside for open claims and not yet sent to a bank; what was sent and has no answer yet; what came of it, by
 * head; the money itself, the insurer's or a fund's; banks' fees; and, against all that is set aside or sent, the provision's cost.
 */
export const accounts = [
  "bank",
  "case-reserve",
  "clearing",
  "fee",
  "fund",
  ...heads.flatMap((head) => [
    `paid/${head}` as const,
    `recovered/${head}` as const,
    `returned/${head}` as const,
  ]),
  "reserve-change",
].toSorted() as Account[];
export type Account =
  | "bank"
  | "case-reserve"
  | "clearing"
  | "fee"
  | "fund"
  | "reserve-change"
  | `${"paid" | "recovered" | "returned"}/${Head}`;

/** Two legs of the same minor units, above nothing, and the act they come from. An entry is never changed: what was wrong is put right by another. */
export interface Entry {
  readonly debit: Account;
  readonly credit: Account;
  readonly minor: bigint;
  readonly reason: string;
}

/** What the entries of one claim come to so far: set aside and not sent; sent and not answered. */
export interface ClaimBook {
  readonly reserve: bigint;
  readonly clearing: bigint;
}

export const noBook: ClaimBook = { reserve: 0n, clearing: 0n };

/** The account that pays a payout, and that gets back what comes back. */
export const moneyOf = ({ fund }: Pick<PayoutState, "fund">): Account =>
  fund === null ? "bank" : "fund";

/** The entries that an act on a payout makes in itself; none where no money moves. `payout` is the payout after it. */
export function moneyEntries(event: DomainEvent, payout: PayoutState): Entry[] {
  const { head, amount } = payout;
  const money = moneyOf(payout);
  const entry = (debit: Account, credit: Account, minor: bigint, reason: string): Entry[] =>
    minor === 0n ? [] : [{ debit, credit, minor, reason }];
  if (event.type === releasedForm.type) {
    return entry("case-reserve", "clearing", amount.minor, "released");
  }
  if (event.type === recoveredForm.type) {
    const { amount: back, basis } = event.content as Recovered;
    if (basis === "subrogation") return entry(money, `recovered/${head}`, back.minor, basis);
    return [
      ...entry(money, "case-reserve", back.minor, basis),
      ...entry("reserve-change", `recovered/${head}`, back.minor, basis),
    ];
  }
  if (event.type !== reportedForm.type) return [];
  const { report, fee } = event.content as Reported;
  if (report === "break" || report === "reversed") return [];
  const charged = entry("fee", "bank", fee?.minor ?? 0n, report);
  if (report === "settled") {
    return [
      ...entry("clearing", money, amount.minor, report),
      ...entry(`paid/${head}`, "reserve-change", amount.minor, report),
      ...charged,
    ];
  }
  if (report === "returned") {
    return [
      ...entry(money, "case-reserve", amount.minor, report),
      ...entry("reserve-change", `returned/${head}`, amount.minor, report),
      ...charged,
    ];
  }
  return [...entry("clearing", "case-reserve", amount.minor, report), ...charged];
}

/**
 * A claim's book after the entries of an act, with the one more that sets aside, or sets free, what makes its reserve what it should be: `due` of what is
 * sent and has no answer.
 */
export function post(
  book: ClaimBook,
  made: readonly Entry[],
  due: (clearing: bigint) => bigint,
  reason: string,
): { readonly book: ClaimBook; readonly entries: readonly Entry[] } {
  const moved = (account: Account): bigint =>
    made.reduce((sum, entry) => {
      if (entry.credit === account) return sum + entry.minor;
      return entry.debit === account ? sum - entry.minor : sum;
    }, 0n);
  const clearing = book.clearing + moved("clearing");
  const before = book.reserve + moved("case-reserve");
  const reserve = due(clearing);
  const minor = reserve - before;
  const after = { reserve, clearing };
  if (minor === 0n) return { book: after, entries: made };
  const set: Entry =
    minor > 0n
      ? { debit: "reserve-change", credit: "case-reserve", minor, reason }
      : { debit: "case-reserve", credit: "reserve-change", minor: -minor, reason };
  return { book: after, entries: [...made, set] };
}
