import * as z from "zod";
import { type Act, personOf, signatorySchema } from "../base/actor.ts";
import { handleSchema, instantCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { type ClaimState, openStatuses } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

const assignedSchema = () =>
  z.strictObject({
    now: instantCodec,
    /** Whose work the claim is from here on; null: nobody's. */
    assignee: handleSchema.nullable(),
    by: signatorySchema.optional(),
  });
export type Assigned = z.output<ReturnType<typeof assignedSchema>>;
export const assignedForm = eventForm("claim.assigned", assignedSchema, { staff: ["by"] });

/** A person gives an open claim to one of the insurer's people, or to nobody. Who is assigned gains no authority by it, and nobody else loses any. */
export function assignClaim(
  { insurer, claim }: Pick<ClaimWorld, "insurer" | "claim">,
  assignee: Handle | null,
  act: Act,
): DomainEvent | Refusal {
  const { status, assignee: before } = claim.state;
  if (!openStatuses.includes(status)) return refuse("wrong-state", `The claim is ${status}.`);
  if (!personOf(act)) return refuse("person-required", "A person assigns a claim.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (assignee === before) {
    return refuse("duplicate", "The claim is assigned so already.", "assignee");
  }
  return eventOf(assignedForm, claim.stream, {
    now: act.now,
    assignee,
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** The claim after it was assigned. */
export const evolveAssigned = (state: ClaimState, event: DomainEvent): ClaimState => ({
  ...state,
  assignee: (event.content as Assigned).assignee,
});
