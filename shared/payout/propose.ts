import * as z from "zod";
import { type Act, personOf } from "../base/actor.ts";
import type { Json } from "../base/canonical.ts";
import { type Money, moneyCodec } from "../base/codec.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { inputsOf, readingOf } from "../base/inputs.ts";
import { formatAmount } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { reserveOf, spentOn } from "../claim/reserve.ts";
import { payeeJson } from "../claim/submission.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { bindingOf, proposedForm } from "./forms.ts";
import { refuseReplacing } from "./reissue.ts";
import { type ProposalWorld, payable } from "./world.ts";

/**
 * Proposes to pay `amount` (absent: all that is still payable, or what the payout it replaces was of) of a decided claim's award. The amount counts as committed from here on, so
 * two payouts on one claim can never pass its award.
 */
export function proposePayout(
  world: ProposalWorld,
  stream: Handle,
  amount: Money | undefined,
  act: Act,
): DomainEvent | Refusal {
  const { insurer, claim, claimAccumulator, replaces } = world;
  const { status, decision, payee, claimed, insured } = claim.state;
  const refusal = refuseSimulated(insurer, act);
  if (refusal) return refusal;
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake pays nothing.");
  if (status !== "decided" || !decision) return refuse("wrong-state", `The claim is ${status}.`);
  if (!payee) return refuse("no-payee", "The claim names no account to pay to.");
  const left = payable(claimAccumulator);
  const minor = amount?.minor ?? replaces?.state.amount.minor ?? left;
  if (amount && amount.currency !== claimed.currency) {
    return refuse("currency-mismatch", "The amount is not in the claim's currency.", "amount");
  }
  if (minor <= 0n || minor > left) {
    const text = formatAmount(left, claimed.currency);
    return refuse("award-exceeded", `Only ${text} of the award is left to pay.`, "amount");
  }
  if (spentOn(claimAccumulator) + minor > reserveOf(claim.state)) {
    return refuse("reserve-exceeded", "The claim's reserve does not cover this payout.", "amount");
  }
  const unfit = refuseReplacing(world, stream, minor);
  if (unfit) return unfit;
  const band = insurer.state.bands.find(({ upTo }) => minor <= upTo);
  if (!band) return refuse("above-authority", "No authority band reaches this amount.", "amount");
  const paying: Money = { minor, currency: claimed.currency };
  const person = personOf(act);
  if (!person && band.approvers > 0n) {
    return refuse("person-required", "A person proposes a payout of this band.");
  }
  return eventOf(proposedForm, stream, {
    now: act.now,
    claim: claim.stream,
    claimVersion: claim.version,
    insured,
    amount: paying,
    payee,
    inputs: inputsOf(claim, {
      payee: payeeJson(payee),
      award: z.encode(moneyCodec, decision.award) as unknown as Json,
    }),
    accumulators: [readingOf(claimAccumulator)],
    bandsVersion: insurer.state.bandsVersion,
    approvers: band.approvers,
    binding: bindingOf(payee, paying, claim.stream, claim.version),
    ...(replaces ? { replaces: replaces.stream } : {}),
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}
