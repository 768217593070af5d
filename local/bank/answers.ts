import { toHex, utf8 } from "../../shared/base/bytes.ts";
import type { Money } from "../../shared/base/codec.ts";
import type { Day } from "../../shared/base/day.ts";
import { formatSeconds, type Instant } from "../../shared/base/instant.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Fate } from "./behaviour.ts";
import { type BookedEntry, formatNotification } from "./notification.ts";
import type { Order, OrderFile } from "./payment-order.ts";
import { formatStatusReport, type PaymentStatusLine } from "./status-report.ts";

/** One thing the bank says of a payment, and in how many rounds. */
export interface Saying {
  readonly due: number;
  readonly say: { readonly entry: BookedEntry } | { readonly rejected: PaymentStatusLine };
  readonly order: Order;
}

/** A message on its way out. */
export interface Outgoing {
  readonly due: number;
  readonly text: string;
}

/** A number that stands for `what` in all the bank writes: the same for the same. */
export const numberOf = (what: string): string =>
  `BK${toHex(sha256(utf8(what)))
    .slice(0, 24)
    .toUpperCase()}`;

const returnReasons = ["AC04", "AC06", "MD07"] as const;

/** What the bank says of a payment in the course of its fate; `delay` draws the rounds until it says the nth thing. */
export function sayingsOf(
  order: Order,
  fate: Fate,
  bookedOn: Day,
  delay: (nth: number) => number,
): Saying[] {
  const { endToEndId, amount } = order;
  const booking = (direction: "DBIT" | "CRDT", nth: number, money: Money = amount): BookedEntry => {
    const back = direction === "CRDT";
    const reference = numberOf(`${endToEndId} ${direction} ${nth}`);
    const returnReason = returnReasons[nth % 3] ?? "AC04";
    const reason = back && nth !== 2 ? { returnReason } : {};
    const payments = [{ endToEndId, amount: money, reference, ...reason }];
    // Banks say that a payment came back by RvslInd, by a reason, or by both.
    return {
      ...{ amount: money, direction, bookedOn, reference, payments },
      ...(back && nth !== 1 ? { reversal: true } : {}),
    };
  };
  const debit = (nth: number, money?: Money) => ({ entry: booking("DBIT", nth, money) });
  const credit = (nth: number) => ({ entry: booking("CRDT", nth) });
  const rejected = { rejected: { endToEndId, status: "RJCT", reason: "AC04" } };
  const { minor, currency } = amount;
  const says: Readonly<Record<Fate, readonly Saying["say"][]>> = {
    settled: [debit(1)],
    rejected: [rejected],
    returned: [debit(1), credit(1)],
    corrected: [debit(1), debit(2), credit(2)],
    "booked-twice": [debit(1), debit(2)],
    "amount-differs": [debit(1, { minor: minor + 1n, currency })],
    "booked-in-part": [debit(1, { minor: minor / 2n, currency })],
    "currency-differs": [debit(1, { minor, currency: currency === "EUR" ? "USD" : "EUR" })],
    contradicted: [rejected, debit(1)],
    "returned-early": [credit(1)],
    "returned-twice": [debit(1), credit(1), credit(2)],
    unanswered: [],
  };
  // What makes a break is said in its order; the life of a payment in any.
  let due = 0;
  return says[fate].map((say, nth) => {
    due = fate === "returned" ? delay(nth) : due + delay(nth) + (nth > 0 ? 1 : 0);
    return { due, say, order };
  });
}

/** The head of any message: `what` and the customer give its number. */
const headOf = (what: string, now: Instant) => ({
  messageId: numberOf(what),
  createdAt: formatSeconds(now / 1_000_000n),
});

/** The account of a file's orders. */
export const accountOf = ({ orders }: OrderFile) => {
  const account = orders[0]?.debtorAccount ?? "NONE";
  return /^[A-Z]{2}[0-9]{2}/.test(account) ? { iban: account } : { other: account };
};

/** That the file has arrived, or why none of it is done. */
export const receipt = (
  { messageId, count, sum }: Pick<OrderFile, "messageId" | "count" | "sum">,
  now: Instant,
  refused?: string,
): string =>
  formatStatusReport({
    ...headOf(`receipt ${messageId} ${sum} ${refused ?? ""}`, now),
    original: { messageId, count, sum },
    status: refused ? "RJCT" : "ACCP",
    ...(refused ? { reason: refused } : {}),
  });

/** Sayings as messages: a notification for each round and currency, a status report for each round. */
export function messagesOf(file: OrderFile, sayings: readonly Saying[], now: Instant): Outgoing[] {
  const out: Outgoing[] = [];
  const rounds = Map.groupBy(sayings, ({ due }) => due);
  for (const [due, said] of rounds) {
    const entries = said.flatMap(({ say }) => ("entry" in say ? [say.entry] : []));
    for (const [currency, some] of Map.groupBy(entries, ({ amount }) => amount.currency)) {
      const what = `entries ${file.messageId} ${due} ${currency}`;
      out.push({ due, text: notificationOf(file, what, some, now) });
    }
    const rejected = said.filter(({ say }) => "rejected" in say);
    if (rejected.length > 0) out.push({ due, text: rejectionOf(file, due, rejected, now) });
  }
  return out;
}

/** A notification of `entries` on the account the file's orders are paid from. */
export const notificationOf = (
  file: OrderFile,
  what: string,
  entries: readonly BookedEntry[],
  now: Instant,
): string => formatNotification({ ...headOf(what, now), account: accountOf(file), entries });

function rejectionOf(
  file: OrderFile,
  due: number,
  rejected: readonly Saying[],
  now: Instant,
): string {
  const { messageId, count, sum } = file;
  const batches = Map.groupBy(rejected, ({ order }) => order.paymentInformationId);
  return formatStatusReport({
    ...headOf(`rejections ${messageId} ${due}`, now),
    original: { messageId, count, sum },
    status: "PART",
    batches: [...batches].map(([paymentInformationId, said]) => ({
      paymentInformationId,
      payments: said.flatMap(({ say }) => ("rejected" in say ? [say.rejected] : [])),
    })),
  });
}
