import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { dayOf } from "../../shared/base/day.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { messagesOf, type Outgoing, receipt, sayingsOf } from "./answers.ts";
import {
  type Behaviour,
  breakOf,
  type Fate,
  type PaymentBreak,
  paymentBreaks,
} from "./behaviour.ts";
import { openBook } from "./book.ts";
import { type OrderFile, readPaymentOrder } from "./payment-order.ts";
import { spoiledMessage } from "./spoiled.ts";

/** A message that waits for its customer. */
export interface WaitingMessage {
  readonly name: string;
  readonly text: string;
}

/** A break the bank made on purpose: a payout's handle or a message's SHA-256. */
export interface Injected {
  readonly kind: string;
  readonly subject: string;
}

/** How often the bank booked a payment out of and back into its customer's account. */
export interface BookedCount {
  readonly endToEndId: string;
  readonly debits: number;
  readonly credits: number;
}

/** A bank whose memory is a folder: what it acknowledged it does not forget, through kill -9 too. */
export interface BankStub {
  /**
   * Takes a pain.001 of `customer`: "taken" once it lasts. The same bytes again are "known" and move nothing; other bytes with a MsgId or an EndToEndId
   * it knows are a "conflict", and none of them is done.
   */
  readonly accept: (customer: string, bytes: Uint8Array) => "taken" | "known" | "conflict";
  /** The next round of `customer`: messages become due by rounds. */
  readonly nextRound: (customer: string) => void;
  readonly waiting: (customer: string) => WaitingMessage[];
  readonly message: (customer: string, name: string) => string | undefined;
  /** The customer has it. */
  readonly forget: (customer: string, name: string) => void;
  /** Whoever has handed in a file. */
  readonly customers: () => string[];
  /** Files it did not do, since it knows their MsgId or one of their EndToEndIds otherwise. */
  readonly conflicts: () => number;
  /** Messages that are due some day. */
  readonly pending: () => number;
  readonly injected: () => Injected[];
  readonly booked: () => BookedCount[];
  readonly close: () => void;
}

const isBreak = (fate: Fate): fate is PaymentBreak =>
  (paymentBreaks as readonly Fate[]).includes(fate);

/** Opens the bank in `folder`. */
export function openBank(
  folder: string,
  behaviour: Behaviour,
  clock: () => Instant,
  options: { readonly durable?: boolean } = {},
): BankStub {
  const book = openBook(folder, options.durable);
  const count = (text: string, ...values: string[]): number =>
    book.all<{ n: number }>(text, ...values)[0]?.n ?? 0;
  const round = (customer: string): number =>
    count("SELECT number AS n FROM round WHERE customer = ?", customer);

  const leave = (customer: string, due: number, text: string): void => {
    const nth = count("SELECT count(*) AS n FROM message WHERE customer = ?", customer) + 1;
    const name = `${toHex(sha256(utf8(`${customer} ${text}`))).slice(0, 32)}-${nth}.xml`;
    book.run(
      "INSERT INTO message (customer, name, due, text, gone) VALUES (?, ?, ?, ?, 0)",
      ...[customer, name, round(customer) + due, text],
    );
  };
  const say = (customer: string, messages: readonly Outgoing[]): void => {
    for (const { due, text } of messages) {
      const nth = count("SELECT count(*) AS n FROM message WHERE customer = ?", customer);
      leave(customer, due, text);
      const again = behaviour.again(customer, nth);
      if (again !== undefined) leave(customer, due + again, text);
    }
  };

  const inject = (kind: string, subject: string): void =>
    book.run("INSERT INTO injected (kind, subject) VALUES (?, ?)", kind, subject);

  /** Makes up what becomes of each payment of a file, and all it will say of it. */
  const carryOut = (customer: string, file: OrderFile, nth: number): Outgoing[] => {
    const now = clock();
    const before = count("SELECT count(*) AS n FROM payment WHERE customer = ?", customer);
    const refused = behaviour.refuses(customer, nth);
    const sayings = file.orders.flatMap((order, at) => {
      const place = before + at + 1;
      const fate = refused ? "rejected" : behaviour.fateOf(customer, place);
      const said = refused
        ? []
        : sayingsOf(order, fate, dayOf(now), (each) =>
            behaviour.delay(customer, `payment ${each}`, place),
          );
      const directions = said.map(({ say: one }) => ("entry" in one ? one.entry.direction : ""));
      const of = (direction: string) => directions.filter((each) => each === direction).length;
      book.run(
        "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?)",
        ...[order.endToEndId, customer, file.messageId, fate, of("DBIT"), of("CRDT")],
      );
      if (isBreak(fate)) inject(breakOf(fate), order.endToEndId.toLowerCase());
      return said;
    });
    const first = {
      due: behaviour.delay(customer, "receipt", nth),
      text: receipt(file, now, refused ? "AG01" : undefined),
    };
    return [first, ...messagesOf(file, sayings, now), ...spoil(customer, file, nth, now)];
  };
  const spoil = (customer: string, file: OrderFile, nth: number, now: Instant): Outgoing[] => {
    const kind = behaviour.messageBreak(customer, nth);
    if (!kind) return [];
    const text = spoiledMessage(kind, file, now);
    inject(kind, toHex(sha256(utf8(text))));
    return [{ due: behaviour.delay(customer, "spoiled", nth), text }];
  };

  return {
    accept: (customer, bytes) =>
      book.atomically(() => {
        const read = readPaymentOrder(bytes);
        const hash = toHex(sha256(bytes));
        const messageId = read.messageId ?? `unreadable ${hash}`;
        const [known] = book.all<{ sha256: string }>(
          "SELECT sha256 FROM file WHERE customer = ? AND message_id = ?",
          ...[customer, messageId],
        );
        if (known?.sha256 === hash) return "known";
        const twice = "orders" in read && read.orders.some(({ endToEndId }) => isKnown(endToEndId));
        if (known || twice) {
          book.run("INSERT OR IGNORE INTO conflict VALUES (?, ?)", customer, hash);
          return "conflict";
        }
        book.run("INSERT INTO file VALUES (?, ?, ?)", customer, messageId, hash);
        const nth = count("SELECT count(*) AS n FROM file WHERE customer = ?", customer);
        if ("orders" in read) say(customer, carryOut(customer, read, nth));
        else {
          const text = receipt({ messageId, count: 0, sum: "0" }, clock(), read.reason);
          say(customer, [{ due: 0, text }]);
        }
        return "taken";
      }),
    nextRound: (customer) =>
      book.run(
        "INSERT INTO round VALUES (?, 1) ON CONFLICT (customer) DO UPDATE SET number = number + 1",
        customer,
      ),
    waiting: (customer) =>
      book.all<WaitingMessage>(
        "SELECT name, text FROM message WHERE customer = ? AND gone = 0 AND due <= ? ORDER BY name",
        ...[customer, round(customer)],
      ),
    message: (customer, name) =>
      book.all<{ text: string }>(
        "SELECT text FROM message WHERE customer = ? AND name = ? AND gone = 0",
        ...[customer, name],
      )[0]?.text,
    forget: (customer, name) =>
      book.run("UPDATE message SET gone = 1 WHERE customer = ? AND name = ?", customer, name),
    customers: () =>
      book
        .all<{ customer: string }>("SELECT DISTINCT customer FROM file ORDER BY customer")
        .map(({ customer }) => customer),
    conflicts: () => count("SELECT count(*) AS n FROM conflict"),
    pending: () => count("SELECT count(*) AS n FROM message WHERE gone = 0"),
    injected: () => book.all<Injected>("SELECT kind, subject FROM injected ORDER BY kind, subject"),
    booked: () =>
      book.all<BookedCount>(
        `SELECT end_to_end_id AS endToEndId, debits, credits FROM payment ORDER BY end_to_end_id`,
      ),
    close: () => book.close(),
  };

  function isKnown(endToEndId: string): boolean {
    return count("SELECT count(*) AS n FROM payment WHERE end_to_end_id = ?", endToEndId) > 0;
  }
}
