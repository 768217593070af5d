import { type Act, personOf } from "../base/actor.ts";
import type { holdBases } from "../base/erasure-words.ts";
import { type DomainEvent, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { liftedForm, placedForm } from "./erasure-forms.ts";
import { type InsurerState, refuseSimulated } from "./insurer.ts";
import { maxHolds, type PersonState } from "./person.ts";

/** Places a legal hold on a person's data. Too late once an erasure of theirs was approved: keys may be gone already. */
export function placeHold(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  hold: Handle,
  basis: (typeof holdBases)[number],
  act: Act,
): DomainEvent | Refusal {
  const by = personOf(act);
  if (!by) return refuse("person-required", "A person places a legal hold.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  const { status, holds } = person.state;
  if (status === "approved") return refuse("wrong-state", "The erasure was approved already.");
  if (holds.includes(hold)) return refuse("duplicate", "This hold stands already.", "hold");
  if (holds.length >= maxHolds) {
    return refuse("limit-exceeded", `At most ${maxHolds} holds stand on one person.`);
  }
  return eventOf(placedForm, person.stream, { hold, basis, by });
}

/** Lifts one hold. */
export function liftHold(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  hold: Handle,
  act: Act,
): DomainEvent | Refusal {
  const by = personOf(act);
  if (!by) return refuse("person-required", "A person lifts a legal hold.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (!person.state.holds.includes(hold))
    return refuse("not-found", "No such hold stands.", "hold");
  return eventOf(liftedForm, person.stream, { hold, by });
}
