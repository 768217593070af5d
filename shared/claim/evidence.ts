import * as z from "zod";
import { type Act, signatorySchema } from "../base/actor.ts";
import { countCodec, handleSchema, instantCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { type Declaration, declarationSchema, sha256Schema } from "./declaration.ts";
import type { ClaimState, ClaimStatus } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

/** Most documents of one claim, those that were never uploaded included. */
export const maxEvidence = 50;

const acted = { now: instantCodec, by: signatorySchema.optional() };
const declaredSchema = () => declarationSchema.extend({ evidence: handleSchema, ...acted });
export type Declared = z.output<ReturnType<typeof declaredSchema>>;
export const declaredForm = eventForm("claim.evidence-declared", declaredSchema, { staff: ["by"] });

/** `sha256` and `sizeBytes` are the store's own of what was uploaded. */
const confirmedSchema = () =>
  z.strictObject({
    evidence: handleSchema,
    sha256: sha256Schema,
    sizeBytes: countCodec,
    ...acted,
  });
export type Confirmed = z.output<ReturnType<typeof confirmedSchema>>;
export const confirmedForm = eventForm("claim.evidence-confirmed", confirmedSchema, {
  staff: ["by"],
});

/** Whether a claim's document comes from an event of these. */
export const isEvidence = ({ type }: DomainEvent): boolean =>
  type === declaredForm.type || type === confirmedForm.type;

/** While a claim waits for a decision: afterwards an act would void what was approved to be paid, and an appeal brings the claim back here. */
export const takesEvidence: readonly ClaimStatus[] = [
  "submitted",
  "information-requested",
  "referred",
  "appealed",
  "reopened",
];

type World = Pick<ClaimWorld, "insurer" | "claim">;

/** Declares a document of a claim, which is then uploaded under `evidence`. The same bytes are declared once. */
export function declareEvidence(
  world: World,
  evidence: Handle,
  declaration: Declaration,
  act: Act,
): DomainEvent | Refusal {
  const bad = refuseStanding(world, act);
  if (bad) return bad;
  const known = world.claim.state.evidence;
  if (known.some(({ sha256 }) => sha256 === declaration.sha256)) {
    return refuse("duplicate", "The claim has this document.", "sha256");
  }
  if (known.length >= maxEvidence) {
    return refuse("wrong-state", `A claim has at most ${maxEvidence} documents.`);
  }
  return eventOf(declaredForm, world.claim.stream, { ...declaration, evidence, ...signed(act) });
}

/** Confirms that a declared document is there: by the checksum and size that the store itself has of it. */
export function confirmEvidence(
  world: World,
  evidence: Handle,
  stored: Pick<Declaration, "sha256" | "sizeBytes">,
  act: Act,
): DomainEvent | Refusal {
  const bad = refuseStanding(world, act);
  if (bad) return bad;
  const known = world.claim.state.evidence.find((each) => each.evidence === evidence);
  if (!known) return refuse("not-found", "The claim has no such document.");
  if (known.confirmedAt !== null) return refuse("duplicate", "It was confirmed before.");
  if (known.sha256 !== stored.sha256 || known.sizeBytes !== stored.sizeBytes) {
    return refuse("wrong-state", "What was uploaded is not what was declared.");
  }
  const { sha256, sizeBytes } = stored;
  return eventOf(confirmedForm, world.claim.stream, {
    evidence,
    sha256,
    sizeBytes,
    ...signed(act),
  });
}

function refuseStanding({ insurer, claim }: World, act: Act): Refusal | undefined {
  const { status } = claim.state;
  if (!takesEvidence.includes(status)) return refuse("wrong-state", `The claim is ${status}.`);
  return refuseSimulated(insurer, act);
}

const signed = (act: Act) => ({ now: act.now, ...(act.signatory ? { by: act.signatory } : {}) });

/** The claim after an event of its evidence, the record of `version`. */
export function evolveEvidence(state: ClaimState, event: DomainEvent, version: bigint): ClaimState {
  if (event.type === confirmedForm.type) {
    const { evidence: confirmed, now } = event.content as Confirmed;
    const evidence = state.evidence.map((each) =>
      each.evidence === confirmed ? { ...each, confirmedAt: now } : each,
    );
    return { ...state, evidence };
  }
  const { evidence, sha256, sizeBytes, contentType, title = null, now } = event.content as Declared;
  const declared = { evidence, version, sha256, sizeBytes, contentType, title };
  return {
    ...state,
    evidence: [...state.evidence, { ...declared, declaredAt: now, confirmedAt: null }],
  };
}
