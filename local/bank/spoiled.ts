import { dayOf } from "../../shared/base/day.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { notificationOf, numberOf, receipt } from "./answers.ts";
import type { MessageBreak } from "./behaviour.ts";
import type { BookedEntry } from "./notification.ts";
import type { OrderFile } from "./payment-order.ts";

/** A message about `file` that is wrong in the way of `kind`: it shows, or concerns, nothing that happened. */
export function spoiledMessage(kind: MessageBreak, file: OrderFile, now: Instant): string {
  const [order] = file.orders;
  if (!order) throw new Error("bug: a file that was taken has an order");
  const what = `${kind} ${file.messageId}`;
  const nobody = numberOf(`${what} nobody`)
    .slice(2)
    .padEnd(32, "0")
    .replaceAll(/[^0-9A-F]/g, "0");
  const reference = numberOf(`${what} reference`);
  const entry = (endToEndId: string): BookedEntry => ({
    amount: order.amount,
    direction: "DBIT",
    bookedOn: dayOf(now),
    reference,
    payments: [{ endToEndId, amount: order.amount, reference }],
  });
  const notified = (...entries: readonly BookedEntry[]): string =>
    notificationOf(file, what, entries, now);
  switch (kind) {
    case "unknown-payment":
      return notified(entry(nobody));
    case "unexplained": {
      const { payments: _, ...alone } = entry("");
      return notified(alone);
    }
    case "unreadable": {
      const bomb = '?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>';
      return notified(entry(order.endToEndId)).replace("?>", bomb).replace(reference, "&b;");
    }
    case "wrong-totals":
      return notified(entry(order.endToEndId)).replaceAll(
        /<Sum>(\d+)/g,
        (_, digits: string) => `<Sum>${BigInt(digits) + 1n}`,
      );
    case "unknown-file":
      return receipt({ ...file, messageId: nobody }, now);
    case "other-file":
      return receipt({ ...file, count: file.count + 1 }, now);
  }
}
