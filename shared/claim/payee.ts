import * as z from "zod";
import { type Act, personOf, signatorySchema } from "../base/actor.ts";
import { countCodec, instantCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf } from "../base/event.ts";
import { assert } from "../base/malformed.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { refuseOwn } from "./own.ts";
import type { ClaimState } from "./state.ts";
import { type Payee, payeeSchema } from "./submission.ts";
import type { ClaimWorld } from "./world.ts";

const payeeChangedSchema = () =>
  z.strictObject({
    now: instantCodec,
    payee: payeeSchema,
    reason: z.string().min(1).max(4000),
    /** Nothing is released to them before. */
    coolsUntil: instantCodec,
    /** The record that states the hours. */
    paymentsVersion: countCodec,
    by: signatorySchema,
  });
export type PayeeChanged = z.output<ReturnType<typeof payeeChangedSchema>>;
export const payeeChangedForm = eventForm("claim.payee-changed", payeeChangedSchema, {
  financial: ["payee"],
  staff: ["by"],
  referable: ["payee"],
});

const hourUs = 3_600_000_000n;

/**
 * A person puts another payee in the place of a claim's, which is not their own. Whatever was proposed or approved before is void by it, for it is bound to the claim's version;
 * what is proposed next is screened anew, and nothing is released to them before the insurer's hours of cooling off are over.
 */
export function changePayee(
  { insurer, claim, cover }: Pick<ClaimWorld, "insurer" | "claim" | "cover">,
  payee: Payee,
  reason: string,
  act: Act,
): DomainEvent | Refusal {
  const { status } = claim.state;
  if (status === "closed" || status === "withdrawn") {
    return refuse("wrong-state", `The claim is ${status}.`);
  }
  if (!personOf(act)) return refuse("person-required", "A person changes a payee.");
  const barred =
    refuseSimulated(insurer, act) ?? refuseOwn(claim.state, cover?.policy.state.terms, act);
  if (barred) return barred;
  if (!reason) return refuse("reason-required", "Say why.", "reason");
  if (claim.state.payee && isSame(claim.state.payee, payee)) {
    return refuse("duplicate", "That is the claim's payee already.", "payee");
  }
  const { payments } = insurer.state;
  if (!payments) {
    return refuse("wrong-state", "The insurer has not published how long a payee cools off.");
  }
  assert(act.signatory !== undefined, "a person signs");
  return eventOf(payeeChangedForm, claim.stream, {
    now: act.now,
    payee,
    reason,
    coolsUntil: act.now + payments.coolingOffHours * hourUs,
    paymentsVersion: payments.version,
    by: act.signatory,
  });
}

const isSame = (a: Payee, b: Payee): boolean =>
  a.name === b.name && a.account === b.account && a.bic === b.bic;

/** The claim after its payee was changed. */
export function evolvePayeeChanged(state: ClaimState, event: DomainEvent): ClaimState {
  const { payee, coolsUntil, by } = event.content as PayeeChanged;
  return { ...state, payee, payeeChange: { by: by.person, coolsUntil } };
}
