import type { DomainEvent } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Submitted, submittedForm } from "../claim/submit.ts";
import { type Balances, Ledger } from "../payout/balances.ts";
import { type ClaimBook, moneyEntries, noBook, post } from "../payout/books.ts";
import { type Recovered, type Reported, recoveredForm, reportedForm } from "../payout/forms.ts";
import type { PayoutState } from "../payout/state.ts";

/** Running sums over a log: claims, money in minor units, the flows since its beginning and what is outstanding now. */
export interface Sums {
  readonly reportedCount: bigint;
  readonly reported: bigint;
  readonly paidCount: bigint;
  readonly paid: bigint;
  readonly recoveredCount: bigint;
  readonly recovered: bigint;
  readonly outstandingCount: bigint;
  readonly outstanding: bigint;
  /** What each account of the double-entry books stands at. */
  readonly balances: Balances;
}

export const noSums: Sums = {
  reportedCount: 0n,
  reported: 0n,
  paidCount: 0n,
  paid: 0n,
  recoveredCount: 0n,
  recovered: 0n,
  outstandingCount: 0n,
  outstanding: 0n,
  balances: new Map(),
};

/** An act on a claim or payout, with what is true after it. */
export interface Act {
  readonly event: DomainEvent;
  readonly claim: Handle;
  /** The payout, where it is an act on one. */
  readonly payout?: PayoutState | undefined;
  /** What the claim has outstanding. */
  readonly outstanding: bigint;
  /** What the claim's reserve should be of what is sent to banks and has no answer. */
  readonly due: (clearing: bigint) => bigint;
}

/** How far back from the newest entry the books can be asked: totals are recorded soon after their cut. */
export const mostEntriesBack = 4_096n;

/** An auditor's own books of one log: its sums after every entry, the newest of them remembered. */
export class Books {
  #sums = noSums;
  readonly #outstanding = new Map<Handle, bigint>();
  readonly #claims = new Map<Handle, ClaimBook>();
  readonly #ledger = new Ledger();
  /** Sums from a size on, oldest first. */
  #history: { readonly size: bigint; readonly sums: Sums }[] = [{ size: 0n, sums: noSums }];

  /** Takes in the act that makes the log `size` entries long. */
  enter(size: bigint, act: Act): void {
    const { event, claim, payout, outstanding } = act;
    const before = this.#outstanding.get(claim) ?? 0n;
    this.#outstanding.set(claim, outstanding);
    const count = (amount: bigint): bigint => (amount > 0n ? 1n : 0n);
    this.#sums = {
      ...flowOf(this.#sums, event, payout?.amount.minor ?? 0n),
      outstanding: this.#sums.outstanding + outstanding - before,
      outstandingCount: this.#sums.outstandingCount + count(outstanding) - count(before),
      balances: this.#post(act),
    };
    this.#history.push({ size, sums: this.#sums });
    if (this.#history.length > 2 * Number(mostEntriesBack)) this.#forget(size - mostEntriesBack);
  }

  /** The balances after the entries of an act. */
  #post({ event, claim, payout, due }: Act): Balances {
    const made = payout ? moneyEntries(event, payout) : [];
    const { book, entries } = post(this.#claims.get(claim) ?? noBook, made, due, event.type);
    this.#claims.set(claim, book);
    for (const entry of entries) this.#ledger.add(entry);
    return entries.length === 0 ? this.#sums.balances : this.#ledger.balances;
  }

  /** The sums over the first `size` entries; undefined where that is too long ago. */
  at(size: bigint): Sums | undefined {
    return this.#history.findLast((each) => each.size <= size)?.sums;
  }

  #forget(size: bigint): void {
    const first = this.#history.findLastIndex((each) => each.size <= size);
    this.#history = this.#history.slice(Math.max(0, first));
  }
}

function flowOf(sums: Sums, { type, content }: DomainEvent, minor: bigint): Sums {
  if (type === submittedForm.type) {
    const reported = sums.reported + (content as Submitted).claimed.minor;
    return { ...sums, reported, reportedCount: sums.reportedCount + 1n };
  }
  if (type === recoveredForm.type) {
    const recovered = sums.recovered + (content as Recovered).amount.minor;
    return { ...sums, recovered, recoveredCount: sums.recoveredCount + 1n };
  }
  const report = type === reportedForm.type ? (content as Reported).report : undefined;
  if (report === "settled") {
    return { ...sums, paid: sums.paid + minor, paidCount: sums.paidCount + 1n };
  }
  if (report === "returned") {
    const recovered = sums.recovered + minor;
    return { ...sums, recovered, recoveredCount: sums.recoveredCount + 1n };
  }
  return sums;
}
