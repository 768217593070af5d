import { type Act, personOf } from "../base/actor.ts";
import { dayOf } from "../base/day.ts";
import { type DomainEvent, type EventForm, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { readingOf } from "../base/inputs.ts";
import type { Instant } from "../base/instant.ts";
import { assert } from "../base/malformed.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseOwn } from "../claim/own.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import {
  approvedForm,
  type Ended,
  type Released,
  releasedForm,
  screenedForm,
  stoppedForm,
  voidedForm,
} from "./forms.ts";
import type { PayoutStatus } from "./state.ts";
import { type PayoutWorld, refuseChanged } from "./world.ts";

export const signed = (act: Act) => ({
  now: act.now,
  ...(act.signatory ? { by: act.signatory } : {}),
});

function refuseUnless(
  world: PayoutWorld,
  act: Act,
  from: readonly PayoutStatus[],
): Refusal | undefined {
  const { status } = world.payout.state;
  if (!from.includes(status)) return refuse("wrong-state", `The payout is ${status}.`);
  return refuseSimulated(world.insurer, act);
}

/**
 * Records what the sanctions screening said: clear lets it go on, anything else holds it, an approved payout too. A held payout may be screened
 * again; what was approved before stays approved. An instalment is screened when it is due, and not before.
 */
export function screenPayout(
  world: PayoutWorld,
  { list, result }: { readonly list: string; readonly result: "clear" | "hit" | "error" },
  act: Act,
): DomainEvent | Refusal {
  const { instalment, status } = world.payout.state;
  if (status === "scheduled" && instalment && dayOf(act.now) < instalment.due) {
    return refuse("not-due", "The instalment is not due yet.");
  }
  return (
    refuseUnless(world, act, ["scheduled", "proposed", "screened", "held", "approved"]) ??
    eventOf(screenedForm, world.payout.stream, { ...signed(act), list, result })
  );
}

/** Approves once: under the pack in band 0, by one more person in a higher band. No person twice, and none of whose claim it is. */
export function approvePayout(world: PayoutWorld, act: Act): DomainEvent | Refusal {
  const { approvers, persons, binding, status } = world.payout.state;
  if (status === "held") return refuse("screening-hold", "The payee's screening holds the payout.");
  const refusal = refuseUnless(world, act, ["screened"]) ?? refuseChanged(world);
  if (refusal) return refusal;
  const person = personOf(act);
  if (approvers > 0n && !person) return refuse("person-required", "A person approves this payout.");
  const own = refuseOwn(world.claim.state, undefined, act);
  if (own) return own;
  const { payeeChange } = world.claim.state;
  if (person && (persons.includes(person) || person === payeeChange?.by)) {
    return refuse("same-person", "Another person must approve this payout.");
  }
  return eventOf(approvedForm, world.payout.stream, {
    ...signed(act),
    binding,
    accumulators: [readingOf(world.claimAccumulator)],
  });
}

/** Which list cleared a payee for a release, and when. */
export interface Cleared {
  readonly list: string;
  readonly screenedAt: Instant;
  /** When the releaser ordered it, where it is carried out later. */
  readonly orderedAt?: Instant | undefined;
}

/** How long before a release its person may have ordered it: a week. */
export const orderableUs = 7n * 86_400_000_000n;

/** How long a payee who was clear is clear for a release: an hour. */
const clearForUs = 3_600_000_000n;

/** Why a payout can't go now, whatever the file; undefined where it can. */
export function refuseRelease(world: PayoutWorld, cleared: Cleared, act: Act): Refusal | undefined {
  const refusal = refuseUnless(world, act, ["approved"]) ?? refuseChanged(world);
  if (refusal) return refusal;
  const person = personOf(act);
  if (!person) return refuse("person-required", "A person releases a payment file.");
  if (world.payout.state.persons.includes(person)) {
    return refuse("same-person", "Whoever proposed or approved a payout can't release it.");
  }
  const early = refuseOwn(world.claim.state, undefined, act) ?? refusePayee(world, person, act);
  if (early) return early;
  const { screenedAt, orderedAt = act.now } = cleared;
  if (orderedAt > act.now || act.now - orderedAt > orderableUs) {
    return refuse("order-lapsed", "Who releases ordered it too long ago.");
  }
  if (screenedAt > act.now || act.now - screenedAt > clearForUs) {
    return refuse("screening-due", "The payee must be screened again for the release.");
  }
  return world.insurer.state.payments
    ? undefined
    : refuse("no-payer", "The insurer has not published which account pays.");
}

/**
 * A person, other than those who proposed or approved, releases the payment file that carries this payout. Its payee was found clear again for it, at most an
 * hour before; one who was not is screened by {@link screenPayout}, and held. The payer is who the insurer's newest `payments.published` says.
 */
export function releasePayout(
  world: PayoutWorld,
  { file, list, screenedAt, orderedAt }: Cleared & Pick<Released, "file">,
  act: Act,
): DomainEvent | Refusal {
  const refusal = refuseRelease(world, { list, screenedAt, orderedAt }, act);
  if (refusal) return refusal;
  const payer = world.insurer.state.payments?.payer;
  assert(payer !== undefined, "who pays is published");
  const { binding } = world.payout.state;
  const ordered = orderedAt === undefined ? {} : { orderedAt };
  const content = { ...signed(act), file, payer, binding, list, screenedAt, ...ordered };
  return eventOf(releasedForm, world.payout.stream, content);
}

/** Why nothing goes to the claim's payee by this person, or now: they changed the payee, or the payee still cools off. */
function refusePayee({ claim }: PayoutWorld, person: Handle, act: Act): Refusal | undefined {
  const { payeeChange } = claim.state;
  if (person === payeeChange?.by) {
    return refuse("same-person", "Whoever changed the payee can't release a payout to them.");
  }
  return payeeChange && act.now < payeeChange.coolsUntil
    ? refuse("cooling-off", "The payee changed, and the hours to wait are not over.")
    : undefined;
}

const end =
  (form: EventForm<string, Ended>, from: readonly PayoutStatus[]) =>
  (world: PayoutWorld, reason: string, act: Act): DomainEvent | Refusal => {
    const refusal = refuseUnless(world, act, from);
    if (refusal) return refusal;
    if (!personOf(act)) return refuse("person-required", "A person ends a payout.");
    const own = refuseOwn(world.claim.state, undefined, act);
    if (own) return own;
    return eventOf(form, world.payout.stream, { ...signed(act), reason });
  };

/** Stops a payout that was approved but not yet released, and is of no claim of whoever stops it. */
export const stopPayout = end(stoppedForm, ["approved"]);
/** Voids a payout before approval, or one whose claim changed; no more than a stop of one's own claim. */
export const voidPayout = end(voidedForm, ["scheduled", "proposed", "screened", "held", "stopped"]);
