import type { Seen } from "../../shared/base/event.ts";
import { breachDueOf, type ClockedClaim } from "../../shared/claim/breach.ts";
import { decideByOf } from "../../shared/claim/clock.ts";
import { orderedOf } from "../../shared/payout/ordered.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { CommandTransaction } from "../command/transaction.ts";

/** Dates a claim's row by the clocks in force, where its policy is and what banks were ordered to pay, as the transaction sees them all. */
export async function dateClaim(
  transaction: CommandTransaction,
  clocked: ClockedClaim & { readonly payouts: readonly Seen<PayoutState>[] },
): Promise<void> {
  const { claim, insurer, jurisdiction, payouts } = clocked;
  const { state, stream, version } = claim;
  const named = state.submission.policy;
  const policy = named ? await transaction.stream("policy", named) : undefined;
  const row = {
    stream,
    version,
    decideBy: decideByOf(state, insurer.state, policy?.state),
    breachDue: breachDueOf(state, insurer.state, jurisdiction, orderedOf(payouts)),
    datedBy: insurer.state.clocks?.version ?? 0n,
  };
  transaction.addRow({ kind: "dates", row });
}
