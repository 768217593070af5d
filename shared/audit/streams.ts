import * as z from "zod";
import type { Delta } from "../base/accumulator.ts";
import type { ActorKind } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import { encoderOf } from "../base/encoder.ts";
import type { DomainEvent, EventForm, StreamKind } from "../base/event.ts";
import { assignedForm, evolveAssigned } from "../claim/assign.ts";
import { breachedForm, evolveBreached } from "../claim/breach.ts";
import { decidedDeltas, decidedForm, evolveDecided } from "../claim/decided.ts";
import { confirmedForm, declaredForm, evolveEvidence, isEvidence } from "../claim/evidence.ts";
import { evolveStep, stepDeltas, steps } from "../claim/lifecycle.ts";
import { evolvePayeeChanged, payeeChangedForm } from "../claim/payee.ts";
import { evolveReserved, reservedForm } from "../claim/reserve.ts";
import { type ClaimState, claimStateSchema } from "../claim/state.ts";
import { evolveSubmitted, submittedForm } from "../claim/submit.ts";
import { evolvePayout, payoutDeltas } from "../payout/evolve.ts";
import {
  approvedForm,
  breakClosedForm,
  proposedForm,
  recoveredForm,
  reissuedForm,
  releasedForm,
  reportedForm,
  screenedForm,
  stoppedForm,
  voidedForm,
} from "../payout/forms.ts";
import { type PayoutState, payoutStateSchema } from "../payout/state.ts";

import { clocksForm } from "../policy/clocks.ts";

import { disclosureForm } from "../policy/disclosure.ts";
import {
  type DocumentState,
  documentStateSchema,
  evolveDocument,
  importedForm,
} from "../policy/document.ts";

import { personForms } from "../policy/erasure-forms.ts";
import {
  bandsForm,
  evolveInsurer,
  genesisForm,
  type InsurerState,
  insurerStateSchema,
} from "../policy/insurer.ts";
import { journalForm } from "../policy/journal.ts";
import { evolvePack, type PackState, packForm, packStateSchema } from "../policy/pack.ts";
import { paymentsForm } from "../policy/payments.ts";
import { evolvePerson, type PersonState, personStateSchema } from "../policy/person.ts";
import {
  cancelledForm,
  endorsedForm,
  evolvePolicy,
  issuedForm,
  type PolicyState,
  policyDeltas,
  policyStateSchema,
} from "../policy/policy.ts";
import { reconciliationForm } from "../policy/reconciliation.ts";
import { retentionForm } from "../policy/retention.ts";
import { keysForm } from "../policy/signing-keys.ts";
import { totalsForm } from "../policy/totals.ts";

/** The state each kind of stream folds to. */
export interface StateOf {
  readonly insurer: InsurerState;
  readonly pack: PackState;
  readonly person: PersonState;
  readonly policy: PolicyState;
  readonly claim: ClaimState;
  readonly payout: PayoutState;
  readonly document: DocumentState;
}

const forms: ReadonlyMap<string, EventForm<string, unknown>> = new Map(
  [
    genesisForm,
    keysForm,
    bandsForm,
    paymentsForm,
    clocksForm,
    reconciliationForm,
    retentionForm,
    disclosureForm,
    journalForm,
    packForm,
    ...personForms,
    issuedForm,
    endorsedForm,
    cancelledForm,
    submittedForm,
    decidedForm,
    assignedForm,
    reservedForm,
    payeeChangedForm,
    declaredForm,
    confirmedForm,
    breachedForm,
    ...Object.values(steps).map((step) => step.form),
    proposedForm,
    screenedForm,
    approvedForm,
    releasedForm,
    reportedForm,
    breakClosedForm,
    recoveredForm,
    stoppedForm,
    voidedForm,
    reissuedForm,
    importedForm,
    totalsForm,
  ].map((form) => [form.type, form as unknown as EventForm<string, unknown>]),
);

/** How events of `type` are written; every type on the record's closed list has one. */
export function formOf(type: string): EventForm<string, unknown> {
  const form = forms.get(type);
  if (!form) throw new Error(`bug: no form for ${type}`);
  return form;
}

/** The one type a stream of each kind begins with; a person's may begin with any of its types. */
const beginnings: Record<Exclude<StreamKind, "person">, string> = {
  insurer: genesisForm.type,
  pack: packForm.type,
  policy: issuedForm.type,
  claim: submittedForm.type,
  payout: proposedForm.type,
  document: importedForm.type,
};
/** Kinds that have one type only. */
const uniform: ReadonlySet<StreamKind> = new Set(["pack", "document"]);

/** Whether a record of `type` may come next on a stream of kind `before`, or be the first of a stream (undefined). */
export function mayFollow(type: string, before: StreamKind | undefined): boolean {
  const { kind } = formOf(type);
  if (kind === "person") return before === undefined || before === kind;
  if (before === undefined) return beginnings[kind] === type;
  return kind === before && (uniform.has(kind) || beginnings[kind] !== type);
}

/** The stream's state after `event`, its record of `version` made by an actor of `actor` kind. */
export function evolve<Kind extends StreamKind>(
  kind: Kind,
  state: StateOf[Kind] | undefined,
  event: DomainEvent,
  version: bigint,
  actor: ActorKind,
): StateOf[Kind];
export function evolve(
  kind: StreamKind,
  state: StateOf[StreamKind] | undefined,
  event: DomainEvent,
  version: bigint,
  actor: ActorKind,
): StateOf[StreamKind] {
  switch (kind) {
    case "insurer":
      return evolveInsurer(state as InsurerState | undefined, event, version);
    case "pack":
      return evolvePack(state as PackState | undefined, event);
    case "person":
      return evolvePerson(state as PersonState | undefined, event);
    case "policy":
      return evolvePolicy(state as PolicyState | undefined, event);
    case "payout":
      return evolvePayout(state as PayoutState | undefined, event, version);
    case "claim":
      return evolveClaim(state as ClaimState | undefined, event, version, actor);
    case "document":
      return evolveDocument(event);
  }
}

function evolveClaim(
  state: ClaimState | undefined,
  event: DomainEvent,
  version: bigint,
  actor: ActorKind,
): ClaimState {
  if (event.type === submittedForm.type) return evolveSubmitted(event);
  if (!state) throw new Error("bug: a claim starts by being submitted");
  if (event.type === breachedForm.type) return evolveBreached(state, event);
  return { ...evolveActed(state, event, version, actor), lastAct: version };
}

function evolveActed(
  state: ClaimState,
  event: DomainEvent,
  version: bigint,
  actor: ActorKind,
): ClaimState {
  if (event.type === assignedForm.type) return evolveAssigned(state, event);
  if (event.type === reservedForm.type) return evolveReserved(state, event);
  if (event.type === payeeChangedForm.type) return evolvePayeeChanged(state, event);
  if (isEvidence(event)) return evolveEvidence(state, event, version);
  return event.type === decidedForm.type
    ? evolveDecided(state, event, version, actor)
    : evolveStep(state, event);
}

/** What `event` adds to which accumulators; `before` is its stream's state before it. */
export function deltasOf(before: StateOf[StreamKind] | undefined, event: DomainEvent): Delta[] {
  switch (event.kind) {
    case "policy":
      return policyDeltas(event);
    case "payout":
      return payoutDeltas(before as PayoutState | undefined, event);
    case "claim":
      return event.type === decidedForm.type
        ? decidedDeltas(before as ClaimState, event)
        : stepDeltas(event);
    default:
      return [];
  }
}

/** Whose data an event of this stream is about: the insured person, or an imported document's own handle; nobody for insurers and packs. */
export function subjectOf(kind: StreamKind, state: StateOf[StreamKind]): string | undefined {
  if (kind === "policy") return (state as PolicyState).terms.insured;
  if (kind === "claim") return (state as ClaimState).insured;
  if (kind === "document") return (state as DocumentState).subject;
  return kind === "payout" ? (state as PayoutState).insured : undefined;
}

const stateSchemas = {
  insurer: insurerStateSchema,
  pack: packStateSchema,
  person: personStateSchema,
  policy: policyStateSchema,
  claim: claimStateSchema,
  payout: payoutStateSchema,
  document: documentStateSchema,
} as const satisfies Record<StreamKind, () => z.ZodType>;

const stateEncoders = {
  insurer: encoderOf(insurerStateSchema),
  pack: encoderOf(packStateSchema),
  person: encoderOf(personStateSchema),
  policy: encoderOf(policyStateSchema),
  claim: encoderOf(claimStateSchema),
  payout: encoderOf(payoutStateSchema),
  document: encoderOf(documentStateSchema),
} as const satisfies Record<StreamKind, unknown>;

/** A state as canonical JSON can hold it, for its row. */
export const encodeState = <Kind extends StreamKind>(kind: Kind, state: StateOf[Kind]): Json =>
  (stateEncoders[kind] as (state: StateOf[Kind]) => Json)(state);

/** The state that {@link encodeState} wrote; anything else is a bug of the store. */
export const decodeState = <Kind extends StreamKind>(kind: Kind, json: unknown): StateOf[Kind] =>
  z.decode(stateSchemas[kind]() as z.ZodType, json) as StateOf[Kind];
