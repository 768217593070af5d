/** Breaks of a payout: what a bank said of it contradicts what was released, or what it said before. */
export const payoutBreaks = [
  "not-released",
  "amount-missing",
  "amount-differs",
  "currency-differs",
  "booked-twice",
  "returned-early",
  "returned-twice",
  "returned-after-recovery",
  "contradicted",
  "unanswered",
] as const;

/** Breaks of a bank's message: it can't be read or believed, or speaks of what nobody sent. */
export const messageBreaks = [
  "unreadable",
  "wrong-totals",
  "unknown-payment",
  "unknown-file",
  "other-file",
  "unexplained",
  "other-account",
] as const;

/** Breaks of a payment file: the bank has other bytes under its name. */
export const fileBreaks = ["file-conflict"] as const;

/** Every kind of difference between ledger, payment files and bank, a closed list. */
export const breakKinds = [...payoutBreaks, ...messageBreaks, ...fileBreaks] as const;
export type BreakKind = (typeof breakKinds)[number];
