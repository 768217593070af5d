import type { BankParty } from "../base/bank-party.ts";
import { dayOf } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import { formatPaymentFile } from "../iso20022/payment-file.ts";
import type { PayoutState } from "./state.ts";

/** A payout as a payment file orders it. */
export interface Ordered {
  readonly payout: Handle;
  readonly state: Pick<PayoutState, "claim" | "amount" | "payee">;
}

/** Which file it is, when it is released and who pays. */
export interface Order {
  readonly file: Handle;
  readonly releasedAt: Instant;
  readonly payer: BankParty;
}

/**
 * The bytes of the payment file that a release orders (docs/spec/payment-file.md), in whatever order the payouts come: what is paid at once is to be executed
 * on the day of the release, and the payee reads for which claim. Throws Malformed where the format can't say it.
 */
export const formatOrder = (
  { file, releasedAt, payer }: Order,
  payouts: readonly Ordered[],
): Uint8Array =>
  formatPaymentFile({
    file,
    createdAt: releasedAt,
    payer,
    payments: payouts.map(({ payout, state: { claim, amount, payee } }) => ({
      payout,
      amount,
      payee,
      day: dayOf(releasedAt),
      remittance: `Claim ${claim}`,
    })),
  });

/** What a payment file takes of a released payout. */
export interface ReleasedPayout {
  readonly payout: Handle;
  readonly state: Pick<
    PayoutState,
    "claim" | "amount" | "payee" | "file" | "releasedAt" | "fileHash" | "filePayments" | "payer"
  >;
}

/** The order that a payout's own state says it was released by; undefined before. */
export function orderOf({
  file,
  releasedAt,
  payer,
}: Pick<PayoutState, "file" | "releasedAt" | "payer">): Order | undefined {
  return file === null || releasedAt === null || payer === null
    ? undefined
    : { file, releasedAt, payer };
}

/**
 * The payment file that `payouts`, all of one file, were released in; undefined where some of its payments are missing: whoever can't see all of them can't
 * make it. Throws Malformed where the format can't say it.
 */
export function paymentFileOf(payouts: readonly ReleasedPayout[]): Uint8Array | undefined {
  const state = payouts[0]?.state;
  const order = state && orderOf(state);
  if (!order || state.filePayments !== BigInt(payouts.length)) return undefined;
  return formatOrder(order, payouts);
}
