import { type Act, personOf } from "../base/actor.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { disputedOn, type Head, recoveredOn, spentOn } from "../claim/heads.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { ProposalWorld } from "./world.ts";

/** Whose approval a payout takes: how many persons beside the maker, and the record that says so. */
export interface Authority {
  readonly approvers: bigint;
  readonly bandsVersion: bigint;
}

/**
 * The authority that `minor` more units under a head ask for: the band that reaches all that is under way or paid for good under it, so that no splitting into
 * small payouts escapes a band. Beyond the last band nobody has authority; a head without bands is never paid. Where something was recovered, it is paid
 * a second time: that takes the persons of all that was ever paid, and at least one, for nobody but who recorded it says that it came back.
 */
export function authorityOf(
  { insurer, claimAccumulator }: ProposalWorld,
  head: Head,
  minor: bigint,
  act: Act,
): Authority | Refusal {
  const { bands, version } = bandsOf(insurer.state, head);
  const sum = spentOn(claimAccumulator, head) + disputedOn(claimAccumulator, head) + minor;
  const bandFor = (amount: bigint) => bands.find(({ upTo }) => amount <= upTo);
  const band = bandFor(sum);
  if (!band) return refuse("above-authority", "No authority band reaches this amount.", "amount");
  const recovered = recoveredOn(claimAccumulator, head);
  const ever = recovered > 0n ? (bandFor(sum + recovered) ?? bands.at(-1)) : band;
  const least = recovered > 0n ? 1n : 0n;
  const approvers = ever && ever.approvers > least ? ever.approvers : least;
  if (!personOf(act) && approvers > 0n) {
    return refuse("person-required", "A person proposes a payout of this band.");
  }
  return { approvers, bandsVersion: version };
}

function bandsOf({ bands, bandsVersion, payments }: InsurerState, head: Head) {
  if (head === "indemnity") return { bands, version: bandsVersion };
  return { bands: payments?.heads[head] ?? [], version: payments?.version ?? 0n };
}
