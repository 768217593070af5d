import type { BookedEntry, BookedPayment, Notification } from "../../local/bank/notification.ts";
import { formatNotification } from "../../local/bank/notification.ts";
import { formatStatusReport, type StatusReport } from "../../local/bank/status-report.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { type MessageLimits, messageLimits } from "../../shared/iso20022/message-limits.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import { statusReportReader } from "../../shared/iso20022/status-report.ts";
import { eur, ibans } from "./sample.ts";

/** Reads a message in pieces of `step` bytes. */
function inPieces<Item>(
  reader: { read: (bytes: Uint8Array) => Item[]; end: () => Item[] },
  message: string | Uint8Array,
  step: number,
): Item[] {
  const bytes = typeof message === "string" ? utf8(message) : message;
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; at += step)
    items.push(...reader.read(bytes.subarray(at, at + step)));
  return [...items, ...reader.end()];
}

const limited = (limits: Partial<MessageLimits>): MessageLimits => ({
  ...messageLimits,
  ...limits,
});

export const readStatusReport = (
  message: string | Uint8Array,
  { step = 1 << 20, ...limits }: Partial<MessageLimits> & { step?: number } = {},
) => inPieces(statusReportReader(limited(limits)), message, step);

export const readNotification = (
  message: string | Uint8Array,
  { step = 1 << 20, ...limits }: Partial<MessageLimits> & { step?: number } = {},
) => inPieces(notificationReader(limited(limits)), message, step);

export const endToEndId = (digit: string): string => digit.toUpperCase().repeat(32);

/** A report on a file of three payments: one accepted, one pending, one refused. */
export const report = (changes: Partial<StatusReport> = {}): string =>
  formatStatusReport({
    messageId: "BANK-1",
    createdAt: "2025-11-26T10:00:00Z",
    original: { messageId: endToEndId("f"), count: 3, sum: "370.35" },
    status: "PART",
    batches: [
      {
        paymentInformationId: `${endToEndId("f")}-1`,
        payments: [
          { endToEndId: endToEndId("1"), status: "ACSC", amount: eur(12_345n), reference: "R1" },
          { endToEndId: endToEndId("2"), status: "PDNG", amount: eur(12_345n) },
          { endToEndId: endToEndId("3"), status: "RJCT", reason: "AC04", amount: eur(12_345n) },
        ],
      },
    ],
    ...changes,
  });

export const booked = (digit: string, changes: Partial<BookedPayment> = {}): BookedPayment => ({
  endToEndId: endToEndId(digit),
  amount: eur(12_345n),
  payeeName: "Jane Doe",
  ...changes,
});

export const entry = (changes: Partial<BookedEntry> = {}): BookedEntry => ({
  amount: eur(12_345n),
  direction: "DBIT",
  bookedOn: 20_418n,
  reference: "BANK-LINE-1",
  payments: [booked("1")],
  ...changes,
});

export const notification = (changes: Partial<Notification> = {}): string =>
  formatNotification({
    messageId: "BANK-2",
    createdAt: "2025-11-26T18:00:00Z",
    account: { iban: ibans[0] },
    entries: [entry()],
    ...changes,
  });
