import type { Handle } from "../base/handle.ts";
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
