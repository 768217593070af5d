import type { Day } from "../base/day.ts";
import type { Discrepancy } from "./discrepancy.ts";
import type { ReportedAmount } from "./fields.ts";
import type { MessageItem } from "./message-reader.ts";

/** Where an entry stands: booked, not yet, only told, or a code of an external list. */
export const entryStatuses = ["BOOK", "PDNG", "INFO"] as const;
export type EntryStatus = (typeof entryStatuses)[number] | "other";

/** One line of the account. */
export interface Entry {
  readonly amount: ReportedAmount;
  /** Of the account that is reported on: a payout leaves it as a debit, a returned one comes back as a credit. */
  readonly direction: "credit" | "debit";
  /** RvslInd: it takes an earlier entry back. `direction` is the reversal's own. */
  readonly reversal: boolean;
  readonly status: EntryStatus;
  readonly bookedOn: Day | undefined;
  readonly valueOn: Day | undefined;
  /** AcctSvcrRef: the bank's own number of the entry. */
  readonly reference: string | undefined;
}

/** What a batch of payments is called that an entry books as one, where it says so. */
export interface Batch {
  readonly messageId: string | undefined;
  readonly paymentInformationId: string | undefined;
  readonly count: bigint | undefined;
}

/** One payment of an entry, as the bank knows it. */
export interface ReportedTransaction {
  readonly kind: "transaction";
  readonly where: string;
  readonly account: string;
  readonly entry: Entry;
  readonly endToEndId: string | undefined;
  readonly paymentInformationId: string | undefined;
  /** What it states itself; the entry's where it is the entry's only one and states none. */
  readonly amount: ReportedAmount | undefined;
  readonly direction: "credit" | "debit";
  readonly reference: string | undefined;
  /** Why it was returned (RtrInf): a code of ExternalReturnReason1Code or a word of the bank's own. */
  readonly returned: string | undefined;
}

/** One thing a camt.054 says. Each closes after what it holds: transactions, then their entry; `where` is its element. */
export type NotificationItem =
  | MessageItem
  | ReportedTransaction
  | {
      readonly kind: "entry";
      readonly where: string;
      readonly account: string;
      readonly entry: Entry;
      /** How many transactions it listed. With none, `batches` may say which payments it was. */
      readonly transactions: bigint;
      readonly batches: readonly Batch[];
    }
  | Discrepancy;
