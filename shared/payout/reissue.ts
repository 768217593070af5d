import { type Act, personOf } from "../base/actor.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { Head } from "../claim/heads.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { signed } from "./advance.ts";
import { reissuedForm } from "./forms.ts";
import { isDebitOpen, type PayoutStatus } from "./state.ts";
import type { PayoutWorld, ProposalWorld } from "./world.ts";

/** Ends after which nothing of a payout is out or on its way. */
const unpaid: readonly PayoutStatus[] = ["rejected", "returned", "recalled", "voided"];

/**
 * A person gives a payout that ended unpaid over to `successor`, the one payout that may pay it again. The same transaction proposes that one;
 * alone, this moves no money.
 */
export function reissuePayout(
  world: PayoutWorld,
  successor: Handle,
  act: Act,
): DomainEvent | Refusal {
  const { stream, state } = world.payout;
  if (!unpaid.includes(state.status) || successor === stream) {
    return refuse("wrong-state", `The payout is ${state.status}.`);
  }
  if (isDebitOpen(state)) {
    return refuse("wrong-state", "The bank says that it paid: close that break first.");
  }
  if (state.replacedBy) return refuse("duplicate", "Another payout replaces this one already.");
  if (!personOf(act)) return refuse("person-required", "A person reissues a payout.");
  return (
    refuseSimulated(world.insurer, act) ??
    eventOf(reissuedForm, stream, { ...signed(act), successor })
  );
}

/** Why the payout `stream` of `minor` units can't replace the one it names: that must be given over to it, and of the same claim, head and amount. */
export function refuseReplacing(
  { claim, replaces }: ProposalWorld,
  stream: Handle,
  minor: bigint,
  head: Head,
): Refusal | undefined {
  if (!replaces) return undefined;
  const { state } = replaces;
  if (state.claim !== claim.stream || state.replacedBy !== stream) {
    return refuse("wrong-state", "That payout is not given over to this one.", "replaces");
  }
  return minor === state.amount.minor && head === state.head
    ? undefined
    : refuse("amount-required", "A payout is paid again whole.", "amount");
}
