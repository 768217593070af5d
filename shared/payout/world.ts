import type { Accumulator } from "../base/accumulator.ts";
import { minorOf } from "../base/accumulator.ts";
import type { Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { spentOn } from "../claim/reserve.ts";
import type { ClaimState } from "../claim/state.ts";
import type { InsurerState } from "../policy/insurer.ts";
import { bindingOf } from "./forms.ts";
import type { PayoutState } from "./state.ts";

/** What a payout's first command reads. */
export interface ProposalWorld {
  readonly insurer: Seen<InsurerState>;
  readonly claim: Seen<ClaimState>;
  readonly claimAccumulator: Accumulator;
  /** The payout it pays again, where it names one. */
  readonly replaces?: Seen<PayoutState>;
}

/** What every later command on a payout reads. */
export interface PayoutWorld extends ProposalWorld {
  readonly payout: Seen<PayoutState>;
}

/** Minor units of the award not yet committed or paid: committed + paid − returned − recovered never passes approved. */
export function payable(row: Accumulator): bigint {
  return minorOf(row, "approved") - spentOn(row);
}

/** Whether anything the approval was bound to has changed since the proposal. */
export function refuseChanged({ payout, claim }: PayoutWorld): Refusal | undefined {
  const { payee, amount, binding } = payout.state;
  if (claim.state.status !== "decided") {
    return refuse("wrong-state", `The claim is ${claim.state.status}.`);
  }
  // The claim's version moves with its payee: one comparison holds for account, name, amount and claim.
  return bindingOf(payee, amount, claim.stream, claim.version) !== binding
    ? refuse("payee-changed", "The claim or its payee changed since the payout was proposed.")
    : undefined;
}
