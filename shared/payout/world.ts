import type { Accumulator } from "../base/accumulator.ts";
import { minorOf } from "../base/accumulator.ts";
import type { Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { disputedOn, type Head, spentOn } from "../claim/heads.ts";
import type { ClaimState, ClaimStatus } from "../claim/state.ts";
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

/** Minor units of the award not yet committed or paid, and not disputed: committed + paid − returned − recovered never passes approved. */
export function payable(row: Accumulator): bigint {
  return minorOf(row, "approved") - spentOn(row, "indemnity") - disputedOn(row, "indemnity");
}

/** Statuses of a claim that is open again, or still, with a decision that stands: what it awards is undisputed and can be paid in the interim. */
const openAgain: readonly ClaimStatus[] = [
  "referred",
  "appealed",
  "reopened",
  "information-requested",
];

/**
 * Why a claim that stands so pays nothing of this kind. Indemnity is paid of a decided claim, or in the interim of one that is open again; interest only
 * where something was awarded; ex gratia once the claim is decided, whatever for; an expense until the claim is over.
 */
export function refuseStanding(
  { status, decision }: Pick<ClaimState, "status" | "decision">,
  { head, interim }: { readonly head: Head; readonly interim: boolean },
): Refusal | undefined {
  const wrong = refuse("wrong-state", `The claim is ${status}.`);
  if (interim)
    return head === "indemnity" && openAgain.includes(status) && decision ? undefined : wrong;
  if (head === "expense") return status === "closed" || status === "withdrawn" ? wrong : undefined;
  if (status !== "decided" || !decision) return wrong;
  return head === "interest" && decision.award.minor === 0n
    ? refuse("wrong-state", "Interest is on an award, and there is none.")
    : undefined;
}

/** Whether anything the approval was bound to has changed since the proposal. */
export function refuseChanged({ payout, claim }: PayoutWorld): Refusal | undefined {
  const standing = refuseStanding(claim.state, payout.state);
  if (standing) return standing;
  // The version of the claim's last act moves with its payee: one comparison holds for payee, head, amount and claim.
  return bindingOf(payout.state, claim.stream, claim.state.lastAct) !== payout.state.binding
    ? refuse("payee-changed", "The claim or its payee changed since the payout was proposed.")
    : undefined;
}
