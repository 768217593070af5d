import { type Act, personOf } from "../base/actor.ts";
import type { Money } from "../base/codec.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import { formatAmount } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseOwn } from "../claim/own.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { signed } from "./advance.ts";
import { type Recovered, recoveredForm } from "./forms.ts";
import { mostRecoveries, type PayoutState, recoveredOf } from "./state.ts";
import type { PayoutWorld } from "./world.ts";

/** Money that came back, why, and the reference it came under. */
export interface Recovery {
  readonly amount: Money;
  readonly basis: Recovered["basis"];
  readonly reference: string;
}

/**
 * A person records money that came back for a settled payout, in whole or in part: what the payee was overpaid, which is payable again, or what a third party owed
 * (subrogation), which is not: the claimant keeps the award. Never more than was paid.
 */
export function recoverPayout(
  world: PayoutWorld,
  { amount, basis, reference }: Recovery,
  act: Act,
): DomainEvent | Refusal {
  const { state, stream } = world.payout;
  if (state.status !== "settled") return refuse("wrong-state", `The payout is ${state.status}.`);
  if (!personOf(act)) return refuse("person-required", "A person records a recovery.");
  const barred =
    refuseSimulated(world.insurer, act) ?? refuseOwn(world.claim.state, undefined, act);
  if (barred) return barred;
  if (state.recoveries.length >= mostRecoveries) {
    return refuse("wrong-state", `A payout is recovered in ${mostRecoveries} parts at most.`);
  }
  if (amount.currency !== state.amount.currency) {
    return refuse("currency-mismatch", "A recovery is in the payout's currency.", "amount");
  }
  const left = leftOf(state);
  if (amount.minor <= 0n || amount.minor > left) {
    const text = formatAmount(left, amount.currency);
    return refuse("recovery-exceeded", `Only ${text} of the payout is not recovered.`, "amount");
  }
  return eventOf(recoveredForm, stream, { ...signed(act), amount, basis, reference });
}

const leftOf = (state: PayoutState): bigint => state.amount.minor - recoveredOf(state);
