import { type Act, personOf } from "../base/actor.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { disputedOn, type Head, spentOn } from "../claim/heads.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { ProposalWorld } from "./world.ts";

/** Whose approval a payout takes: how many persons beside the maker, and the record that says so. */
export interface Authority {
  readonly approvers: bigint;
  readonly bandsVersion: bigint;
}

/**
 * The authority that `minor` more units under a head ask for: the band that reaches all that is under way or paid for good under it, so that no splitting into
 * small payouts escapes a band. Beyond the last band nobody has authority; a head without bands is never paid.
 */
export function authorityOf(
  { insurer, claimAccumulator }: ProposalWorld,
  head: Head,
  minor: bigint,
  act: Act,
): Authority | Refusal {
  const { bands, version } = bandsOf(insurer.state, head);
  const sum = spentOn(claimAccumulator, head) + disputedOn(claimAccumulator, head) + minor;
  const band = bands.find(({ upTo }) => sum <= upTo);
  if (!band) return refuse("above-authority", "No authority band reaches this amount.", "amount");
  if (!personOf(act) && band.approvers > 0n) {
    return refuse("person-required", "A person proposes a payout of this band.");
  }
  return { approvers: band.approvers, bandsVersion: version };
}

function bandsOf({ bands, bandsVersion, payments }: InsurerState, head: Head) {
  if (head === "indemnity") return { bands, version: bandsVersion };
  return { bands: payments?.heads[head] ?? [], version: payments?.version ?? 0n };
}
