import { type Act, personOf } from "../base/actor.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { Terms } from "../policy/policy.ts";
import type { ClaimState } from "./state.ts";

/** Parties of a policy who act for its insured. */
const actors: readonly string[] = ["guardian", "representative"];

/** Whether the claim is `person`'s own: they submitted it, are insured by it, or act for the insured by the terms of its policy. */
export const isOwnClaim = (
  { claimant, insured }: Pick<ClaimState, "claimant" | "insured">,
  terms: Pick<Terms, "parties"> | undefined,
  person: Handle,
): boolean =>
  claimant === person ||
  insured === person ||
  (terms?.parties.some((party) => party.person === person && actors.includes(party.role)) ?? false);

/** Why whoever acts may neither judge this claim nor change what it pays: it is their own ({@link isOwnClaim}), by whichever of their logins they come. */
export function refuseOwn(
  claim: Pick<ClaimState, "claimant" | "insured">,
  terms: Pick<Terms, "parties"> | undefined,
  act: Act,
): Refusal | undefined {
  const person = personOf(act);
  return person && isOwnClaim(claim, terms, person)
    ? refuse("not-permitted", "Nobody rules on a claim of their own, or changes what it pays.")
    : undefined;
}
