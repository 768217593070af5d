import { chance } from "../faults/chance.ts";

/**
 * What a bank may do with a payment that is wrong: each is one break for whoever reads its messages. "returned-early" never left the account at all, of
 * "booked-in-part" less did than was ordered.
 */
export const paymentBreaks = [
  "booked-twice",
  "amount-differs",
  "booked-in-part",
  "currency-differs",
  "contradicted",
  "returned-early",
  "returned-twice",
  "unanswered",
] as const;
export type PaymentBreak = (typeof paymentBreaks)[number];

/** The break a payment is for whoever reads of it. */
export const breakOf = (fate: PaymentBreak): Exclude<PaymentBreak, "booked-in-part"> =>
  fate === "booked-in-part" ? "amount-differs" : fate;

/** Messages that are wrong, whatever became of the payments. */
export const messageBreaks = [
  "unknown-payment",
  "unreadable",
  "wrong-totals",
  "unknown-file",
  "other-file",
  "unexplained",
] as const;
export type MessageBreak = (typeof messageBreaks)[number];

/** What becomes of a payment: the life of any, a double booking that the bank takes back itself, or a break. */
export type Fate = "settled" | "rejected" | "returned" | "corrected" | PaymentBreak;

/** How a bank behaves towards a customer; everything is counted from 1 for each customer, so that it comes back from its seed. */
export interface Behaviour {
  readonly fateOf: (customer: string, payment: number) => Fate;
  /** Whether the bank refuses a file as a whole. */
  readonly refuses: (customer: string, file: number) => boolean;
  readonly messageBreak: (customer: string, file: number) => MessageBreak | undefined;
  /** Rounds until a message goes out. */
  readonly delay: (customer: string, what: string, nth: number) => number;
  /** Rounds until the same message goes out again; undefined: it does not. */
  readonly again: (customer: string, message: number) => number | undefined;
}

/** Books every payment at once and says so once. */
export const friendly: Behaviour = {
  fateOf: () => "settled",
  refuses: () => false,
  messageBreak: () => undefined,
  delay: () => 0,
  again: () => undefined,
};

const longestDelay = 4;

/**
 * Of a hundred payments it rejects 6 and returns 6, and a break becomes of 14, of each kind in turn; it refuses one file in sixteen as a whole. It
 * answers up to four rounds late, out of order, a third of its messages twice, and spoils or invents one message for every file.
 */
export function hostile(seed: string): Behaviour {
  const drawn = (what: string, nth: number): number => chance(seed, what, nth);
  const within = (what: string, nth: number): number =>
    Math.floor(drawn(what, nth) * (longestDelay + 1));
  const first = Math.floor(drawn("first", 0) * 1_000);
  const inTurn = <T>(kinds: readonly T[], nth: number): T =>
    kinds[(first + nth) % kinds.length] as T;
  return {
    fateOf: (customer, payment) => {
      // By their place, so that sixty payments show every kind.
      if (payment % 7 === first % 7) return inTurn(paymentBreaks, Math.floor(payment / 7));
      const luck = drawn(`${customer} fate`, payment);
      if (luck < 0.07) return "rejected";
      return luck < 0.14 ? "returned" : "settled";
    },
    refuses: (customer, file) => drawn(`${customer} file`, file) < 1 / 16,
    messageBreak: (_, file) => inTurn(messageBreaks, file),
    delay: (customer, what, nth) => within(`${customer} ${what}`, nth),
    again: (customer, message) =>
      drawn(`${customer} again`, message) < 1 / 3
        ? 1 + within(`${customer} later`, message)
        : undefined,
  };
}
