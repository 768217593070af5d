import type { Money } from "../../shared/base/codec.ts";
import { type Day, formatDay } from "../../shared/base/day.ts";
import { formatAmount } from "../../shared/base/money.ts";
import { amountLeaf, leaf, message, node } from "./xml.ts";

/** One payment under an entry. */
export interface BookedPayment {
  readonly endToEndId: string;
  readonly amount: Money;
  readonly reference?: string;
  /** Whose account it went to: banks repeat it. */
  readonly payeeName?: string;
  /** Why it came back, of an entry that is a return. */
  readonly returnReason?: string;
}

/** One line of the account; without payments it is a batch booked as one. */
export interface BookedEntry {
  readonly amount: Money;
  readonly direction: "CRDT" | "DBIT";
  readonly reversal?: boolean;
  readonly status?: string;
  readonly bookedOn: Day;
  readonly reference: string;
  readonly batch?: { readonly paymentInformationId: string; readonly count: number };
  readonly payments?: readonly BookedPayment[];
}

/** A notification of entries on one account, all in its currency. */
export interface Notification {
  readonly messageId: string;
  /** ISO 8601 with seconds. */
  readonly createdAt: string;
  readonly account: { readonly iban: string } | { readonly other: string };
  readonly entries: readonly BookedEntry[];
}

/** Text of a camt.054.001.08 with its totals. */
export function formatNotification(notification: Notification): string {
  const { messageId, createdAt, account, entries } = notification;
  const header = node("GrpHdr", leaf("MsgId", messageId), leaf("CreDtTm", createdAt));
  const id =
    "iban" in account ? leaf("IBAN", account.iban) : node("Othr", leaf("Id", account.other));
  const only = (direction: string) => entries.filter((entry) => entry.direction === direction);
  const body = node(
    "Ntfctn",
    leaf("Id", messageId),
    node("Acct", node("Id", id)),
    node(
      "TxsSummry",
      total("TtlNtries", entries),
      total("TtlCdtNtries", only("CRDT")),
      total("TtlDbtNtries", only("DBIT")),
    ),
    ...entries.map(formatEntry),
  );
  return message("camt.054.001.08", node("BkToCstmrDbtCdtNtfctn", header, body));
}

function total(name: string, entries: readonly BookedEntry[]): string {
  const [first] = entries;
  if (!first) return "";
  const minor = entries.reduce((sum, { amount }) => sum + amount.minor, 0n);
  const sum = formatAmount(minor, first.amount.currency);
  return node(name, leaf("NbOfNtries", `${entries.length}`), leaf("Sum", sum));
}

/** One Ntry. */
export function formatEntry(entry: BookedEntry): string {
  const { direction, reversal, status = "BOOK", bookedOn, reference, batch, payments = [] } = entry;
  const day = leaf("Dt", formatDay(bookedOn));
  const family = node("Fmly", leaf("Cd", "ICDT"), leaf("SubFmlyCd", reversal ? "RRTN" : "ESCT"));
  return node(
    "Ntry",
    amountNode(entry.amount),
    leaf("CdtDbtInd", direction),
    leaf("RvslInd", reversal ? "true" : undefined),
    node("Sts", leaf("Cd", status)),
    node("BookgDt", day),
    node("ValDt", day),
    leaf("AcctSvcrRef", reference),
    node("BkTxCd", node("Domn", leaf("Cd", "PMNT"), family)),
    node(
      "NtryDtls",
      node(
        "Btch",
        leaf("PmtInfId", batch?.paymentInformationId),
        leaf("NbOfTxs", batch && `${batch.count}`),
      ),
      ...payments.map((payment) => formatPayment(payment, direction)),
    ),
  );
}

const formatPayment = (payment: BookedPayment, direction: string): string =>
  node(
    "TxDtls",
    node("Refs", leaf("AcctSvcrRef", payment.reference), leaf("EndToEndId", payment.endToEndId)),
    amountNode(payment.amount),
    leaf("CdtDbtInd", direction),
    node("RltdPties", node("Cdtr", node("Pty", leaf("Nm", payment.payeeName)))),
    node("RtrInf", node("Rsn", leaf("Cd", payment.returnReason))),
  );

const amountNode = ({ minor, currency }: Money): string =>
  amountLeaf("Amt", currency, formatAmount(minor, currency));
