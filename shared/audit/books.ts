import type { DomainEvent } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Submitted, submittedForm } from "../claim/submit.ts";
import { type Reported, reportedForm } from "../payout/forms.ts";

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
};

/** How far back from the newest entry the books can be asked: totals are recorded soon after their cut. */
export const mostEntriesBack = 4_096n;

/** An auditor's own books of one log: its sums after every entry, the newest of them remembered. */
export class Books {
  #sums = noSums;
  readonly #outstanding = new Map<Handle, bigint>();
  /** Sums from a size on, oldest first. */
  #history: { readonly size: bigint; readonly sums: Sums }[] = [{ size: 0n, sums: noSums }];

  /**
   * Takes in the act that makes the log `size` entries long. `minor` is the payout's amount, where it is an act on one; `outstanding` what the
   * claim it is about now has outstanding.
   */
  enter(size: bigint, event: DomainEvent, claim: Handle, minor: bigint, outstanding: bigint): void {
    const before = this.#outstanding.get(claim) ?? 0n;
    this.#outstanding.set(claim, outstanding);
    const count = (amount: bigint): bigint => (amount > 0n ? 1n : 0n);
    this.#sums = {
      ...flowOf(this.#sums, event, minor),
      outstanding: this.#sums.outstanding + outstanding - before,
      outstandingCount: this.#sums.outstandingCount + count(outstanding) - count(before),
    };
    this.#history.push({ size, sums: this.#sums });
    if (this.#history.length > 2 * Number(mostEntriesBack)) this.#forget(size - mostEntriesBack);
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
