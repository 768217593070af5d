import { type Act, type ActorKind, unreadCredential } from "../base/actor.ts";
import type { DomainEvent, Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import {
  approveErasure,
  completeErasure,
  declineErasure,
  recordErasure,
  requestErasure,
} from "../policy/erasure.ts";
import {
  approvedForm,
  completedForm,
  type Declined,
  declinedForm,
  type Lifted,
  liftedForm,
  type Placed,
  placedForm,
  type Recorded,
  type Requested,
  recordedForm,
  requestedForm,
} from "../policy/erasure-forms.ts";
import { liftHold, placeHold } from "../policy/hold.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PersonState } from "../policy/person.ts";

/**
 * Takes a hold's or an erasure's step again. Its record is public and says who acted; whether something of the person was still open is judged
 * by the streams that `erasure.recorded` names, not here.
 */
export function redecidePerson(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  event: DomainEvent,
  actor: ActorKind,
): DomainEvent | Refusal {
  const { by } = event.content as { by?: string | null };
  if ((actor === "machine") === Boolean(by)) {
    return refuse("person-required", "It names who acted exactly when a person did.");
  }
  const act: Act = {
    kind: actor,
    now: 0n,
    ...(by ? { signatory: { person: by, credential: unreadCredential } } : {}),
  };
  switch (event.type) {
    case placedForm.type: {
      const { hold, basis } = event.content as Placed;
      return placeHold(insurer, person, hold, basis, act);
    }
    case liftedForm.type:
      return liftHold(insurer, person, (event.content as Lifted).hold, act);
    case requestedForm.type: {
      const { classes, basis } = event.content as Requested;
      return requestErasure(insurer, person, { classes, basis }, act);
    }
    case declinedForm.type:
      return declineErasure(insurer, person, (event.content as Declined).reason, act);
    case approvedForm.type:
      return approveErasure(insurer, person, [], act);
    case recordedForm.type:
      return recordErasure(person, (event.content as Recorded).covers);
    case completedForm.type:
      return completeErasure(person);
    default:
      throw new Error(`bug: ${event.type} is no act on a person`);
  }
}
