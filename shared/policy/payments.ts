import * as z from "zod";
import type { Act } from "../base/actor.ts";
import { bankPartySchema } from "../base/bank-party.ts";
import { currencySchema } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { isRefusal, type Refusal, refuse } from "../base/refusal.ts";
import {
  digits,
  type InsurerState,
  otherBandsSchema,
  publishedBy,
  publisherOf,
  refuseBands,
} from "./insurer.ts";

/** A year: nobody waits longer for a new account. */
const mostHours = 8_760n;

export const paymentsSchema = z.strictObject({
  currency: currencySchema,
  /** How many hours nothing is released to a payee after they were changed. */
  coolingOffHours: digits,
  heads: otherBandsSchema,
  /** Who pays: the account that payment files order from. */
  payer: bankPartySchema,
});
export type Payments = z.output<typeof paymentsSchema>;
const publishedPaymentsSchema = () => paymentsSchema.extend(publishedBy);
export const paymentsForm = eventForm("payments.published", publishedPaymentsSchema);
export type PublishedPayments = z.output<ReturnType<typeof publishedPaymentsSchema>>;

/**
 * Publishes what else an insurer's payouts go by: the account that pays, authority bands of each head beside indemnity (none: that head is never paid), and how
 * long a changed payee cools off. The last band of a head is the most a claim gets under it. Ex gratia is somebody's own act, and an expense goes to somebody else:
 * no band of theirs is approved under the pack.
 */
export function publishPayments(
  insurer: Seen<InsurerState>,
  payments: Payments,
  act: Act,
): DomainEvent | Refusal {
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake pays nothing.");
  if (payments.currency !== insurer.state.currency) {
    return refuse("currency-mismatch", "Bands are in the insurer's currency.", "currency");
  }
  if (payments.coolingOffHours > mostHours) {
    return refuse("wrong-state", "A payee cools off a year at most.", "coolingOffHours");
  }
  for (const [head, bands] of Object.entries(payments.heads)) {
    const bad = refuseBands(bands, `heads.${head}`);
    if (bad) return bad;
    if (head !== "interest" && bands.some(({ approvers }) => approvers === 0n)) {
      return refuse("person-required", "A person approves each payout of this head.", head);
    }
  }
  const publisher = publisherOf(insurer, insurer.state.payments === undefined, act);
  if (isRefusal(publisher)) return publisher;
  return eventOf(paymentsForm, insurer.stream, { ...payments, ...publisher });
}
