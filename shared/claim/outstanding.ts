import type { ClaimState } from "./state.ts";

/** What is still expected to be paid on a claim, in minor units: all that is claimed until it is decided, then the award less `netPaid`; never below nothing. */
export function outstandingOf(
  { status, decision, claimed }: Pick<ClaimState, "status" | "decision" | "claimed">,
  netPaid: bigint,
): bigint {
  if (status === "withdrawn" || status === "closed") return 0n;
  const undecided = decision === null || decision.outcome === "REFER";
  const due = (undecided ? claimed.minor : decision.award.minor) - netPaid;
  return due > 0n ? due : 0n;
}
