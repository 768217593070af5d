import { type Act, personOf } from "../base/actor.ts";
import type { declineReasons, erasureBases } from "../base/erasure-words.ts";
import { type DomainEvent, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { PartClass } from "../base/part-class.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import {
  approvedForm,
  type Cover,
  completedForm,
  declinedForm,
  recordedForm,
  requestedForm,
} from "./erasure-forms.ts";
import { type InsurerState, refuseSimulated } from "./insurer.ts";
import type { PersonState } from "./person.ts";

/** Something of the person that is not over: its stream and what it is. */
export interface StillOpen {
  readonly stream: Handle;
  readonly what: "claim" | "policy" | "payout";
}

/**
 * Asks for the erasure of some classes of a person's data. Financial data goes with the other class or after it, for claims state amounts among
 * what was claimed. By a person at any time, even while a hold stands; by the machine where the retention schedule says so.
 */
export function requestErasure(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  { classes, basis }: { classes: readonly PartClass[]; basis: (typeof erasureBases)[number] },
  act: Act,
): DomainEvent | Refusal {
  const { status, erased } = person.state;
  const by = personOf(act) ?? null;
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (status !== "known") return refuse("duplicate", "An erasure is under way already.");
  if (classes.some((each) => erased.includes(each))) return refuse("erased", "It was erased.");
  if (!classes.includes("identity-and-health") && erased.length === 0) {
    return refuse("wrong-state", "Financial data goes with the rest or after it.", "classes");
  }
  if (basis === "request" && by === null) {
    return refuse("person-required", "A person asks, or the retention schedule.", "basis");
  }
  if (basis === "retention" && (by !== null || !insurer.state.retention)) {
    return refuse("not-permitted", "Only a published schedule asks for retention.", "basis");
  }
  return eventOf(requestedForm, person.stream, { classes: [...classes], basis, by });
}

/** A person says no, for a reason the law knows. */
export function declineErasure(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  reason: (typeof declineReasons)[number],
  act: Act,
): DomainEvent | Refusal {
  const by = personOf(act);
  const refusal = refuseJudge(insurer, person, by, act);
  if (refusal || !by) return refusal ?? refuse("person-required", "A person declines.");
  return eventOf(declinedForm, person.stream, { reason, by });
}

/**
 * Another person than who asked, and not the one whose data it is, approves; a legal hold wins, and nothing of the person may still be `open`:
 * no claim or appeal that is not closed or withdrawn, no policy in force, no payout under way.
 */
export function approveErasure(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  open: readonly StillOpen[],
  act: Act,
): DomainEvent | Refusal {
  const by = personOf(act);
  const refusal = refuseJudge(insurer, person, by, act);
  if (refusal || !by) return refusal ?? refuse("person-required", "A person approves an erasure.");
  if (person.state.holds.length > 0) {
    return refuse("legal-hold", `${person.state.holds.length} legal holds stand on this person.`);
  }
  const first = open[0];
  if (first) return refuse("claim-open", `The ${first.what} ${first.stream} is not over.`);
  return eventOf(approvedForm, person.stream, { by });
}

function refuseJudge(
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  by: Handle | undefined,
  act: Act,
): Refusal | undefined {
  const { status, request } = person.state;
  if (!by) return refuse("person-required", "A person judges whether data is erased.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (status !== "requested") return refuse("wrong-state", "No erasure waits for approval.");
  return by === request?.by || by === person.stream
    ? refuse("same-person", "Another person than who asked must judge an erasure.")
    : undefined;
}

/** Names places whose content can't be opened any more, once the keys are gone. At most {@link maxCovers} a record. */
export function recordErasure(
  person: Seen<PersonState>,
  covers: readonly Cover[],
): DomainEvent | Refusal {
  const { status, request } = person.state;
  if (status !== "approved" || !request) {
    return refuse("wrong-state", "Only an approved erasure is recorded.");
  }
  const { classes } = request;
  return eventOf(recordedForm, person.stream, { classes, covers: [...covers] });
}

/** Ends an erasure: nothing of it is left to delete. */
export function completeErasure(person: Seen<PersonState>): DomainEvent | Refusal {
  const { status, request } = person.state;
  if (status !== "approved" || !request) {
    return refuse("wrong-state", "Only an approved erasure is completed.");
  }
  return eventOf(completedForm, person.stream, { classes: request.classes });
}
