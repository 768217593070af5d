import { reserveOf } from "../claim/reserve.ts";
import type { ClaimState } from "../claim/state.ts";
import { type Account, type Entry, moneyOf } from "./books.ts";
import { type PayoutState, recoveredOf } from "./state.ts";

/** Debits less credits of each account, in minor units; an account that is even may be missing. They add up to nothing. */
export type Balances = ReadonlyMap<Account, bigint>;

/** Balances that entries are added to. */
export class Ledger {
  readonly #balances = new Map<Account, bigint>();

  /** The balances now. */
  get balances(): Balances {
    return new Map([...this.#balances].filter(([, minor]) => minor !== 0n));
  }

  add({ debit, credit, minor }: Entry): void {
    this.#move(debit, minor);
    this.#move(credit, -minor);
  }

  #move(account: Account, minor: bigint): void {
    this.#balances.set(account, (this.#balances.get(account) ?? 0n) + minor);
  }
}

/** What is set aside for a claim and not sent to a bank: its reserve less what was sent or paid for good; nothing once it is over. */
export function caseReserveOf(
  claim: Pick<ClaimState, "status" | "reserve" | "claimed">,
  sent: bigint,
  paid: bigint,
): bigint {
  if (claim.status === "closed" || claim.status === "withdrawn") return 0n;
  return reserveOf(claim) - sent - paid;
}

/** Why each balance is what it is by what a payout's own state says: the entries that would make it so, with no history. */
export function standingEntries(payout: PayoutState): Entry[] {
  const { head, amount, settledAt, returnedAt, recoveries, fee, status } = payout;
  const money = moneyOf(payout);
  const reason = "standing";
  const entries: Entry[] = [
    {
      debit: "reserve-change",
      credit: "clearing",
      minor: status === "released" ? amount.minor : 0n,
      reason,
    },
    { debit: `paid/${head}`, credit: money, minor: settledAt === null ? 0n : amount.minor, reason },
    {
      debit: money,
      credit: `returned/${head}`,
      minor: returnedAt === null ? 0n : amount.minor,
      reason,
    },
    { debit: money, credit: `recovered/${head}`, minor: recoveredOf({ recoveries }), reason },
    { debit: "fee", credit: "bank", minor: fee, reason },
  ];
  return entries.filter(({ minor }) => minor !== 0n);
}

/** Minor units of a payout that its claim's reserve has paid for good. */
export function paidForGood({ settledAt, returnedAt, amount, recoveries }: PayoutState): bigint {
  if (settledAt === null || returnedAt !== null) return 0n;
  const over = recoveries.filter(({ basis }) => basis === "overpayment");
  return amount.minor - recoveredOf({ recoveries: over });
}
