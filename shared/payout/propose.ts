import * as z from "zod";
import type { Act } from "../base/actor.ts";
import { bankPartyJson } from "../base/bank-party.ts";
import type { Json } from "../base/canonical.ts";
import { type Money, moneyCodec } from "../base/codec.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { inputsOf, readingOf } from "../base/inputs.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { Head } from "../claim/heads.ts";
import { refuseOwn } from "../claim/own.ts";
import type { Payee } from "../claim/submission.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { authorityOf } from "./authority.ts";
import { bindingOf, type Proposed, proposedForm } from "./forms.ts";
import { amountOf, refuseTooMany } from "./limits.ts";
import { refuseReplacing } from "./reissue.ts";
import { type Instalment, mostInstalments } from "./state.ts";
import { type ProposalWorld, refuseStanding } from "./world.ts";

/** What somebody proposes to pay. */
export interface Asked {
  /** Absent: all that is still payable of the award, or what the payout it replaces was of. */
  readonly amount?: Money | undefined;
  /** Absent: indemnity. */
  readonly head?: Head;
  /** Indemnity of a claim that is open again: what the decision that still stands awards. */
  readonly interim?: true | undefined;
  readonly instalment?: Instalment | undefined;
  /** Whom an expense is owed to; of any other head it is the claim's payee. */
  readonly payee?: Payee | undefined;
}

/**
 * Proposes to pay something on a claim. The amount counts as committed from here on, so two payouts of one claim can never pass its award, the last band of
 * their head, or its reserve.
 */
export function proposePayout(
  world: ProposalWorld,
  stream: Handle,
  asked: Asked,
  act: Act,
): DomainEvent | Refusal {
  const { insurer, claim, claimAccumulator, replaces } = world;
  const head = asked.head ?? "indemnity";
  const refusal = refuseSimulated(insurer, act) ?? refuseOwn(claim.state, undefined, act);
  if (refusal) return refusal;
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake pays nothing.");
  const standing =
    refuseStanding(claim.state, { head, interim: asked.interim ?? false }) ??
    refuseInstalment(head, asked) ??
    refuseTooMany(world);
  if (standing) return standing;
  const payee = payeeFor(world, head, asked.payee);
  if ("refused" in payee) return payee;
  const minor = amountOf(world, head, asked.amount);
  if (typeof minor !== "bigint") return minor;
  const unfit = refuseReplacing(world, stream, minor, head);
  if (unfit) return unfit;
  const authority = authorityOf(world, head, minor, act);
  if ("refused" in authority) return authority;
  const timing = asked.interim ? ("interim" as const) : asked.instalment;
  const fund = claim.state.decision?.fund ?? null;
  const amount: Money = { minor, currency: claim.state.claimed.currency };
  return eventOf(proposedForm, stream, {
    now: act.now,
    claim: claim.stream,
    claimVersion: claim.state.lastAct,
    insured: claim.state.insured,
    amount,
    payee,
    inputs: inputsFor(world, asked.payee ? undefined : payee),
    accumulators: [readingOf(claimAccumulator)],
    ...authority,
    binding: bindingOf({ payee, amount, head }, claim.stream, claim.state.lastAct),
    head,
    ...(timing ? { timing } : {}),
    ...(head === "indemnity" && fund !== null ? { fund } : {}),
    ...(replaces ? { replaces: replaces.stream } : {}),
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** What was asked for where this was proposed: a payee that is no input of the claim was named. */
export const askedIn = ({ amount, head, timing, payee, inputs }: Proposed): Asked => ({
  amount,
  head,
  interim: timing === "interim" ? true : undefined,
  instalment: timing === "interim" ? undefined : timing,
  payee: inputs.some(({ field }) => field === "payee") ? undefined : payee,
});

function refuseInstalment(head: Head, { instalment, interim }: Asked): Refusal | undefined {
  if (!instalment) return undefined;
  const { number, of } = instalment;
  const fits = number >= 1n && number <= of && of <= mostInstalments;
  return fits && head === "indemnity" && !interim
    ? undefined
    : refuse("wrong-state", "An instalment is one of at most 120, of indemnity.", "instalment");
}

/** Whom it goes to: the claim's payee, as its newest record states them, or who is owed the expense. */
function payeeFor({ claim }: ProposalWorld, head: Head, named: Payee | undefined) {
  if (named && head !== "expense") {
    return refuse(
      "not-permitted",
      "Only an expense goes to another than the claim's payee.",
      "payee",
    );
  }
  const payee = named ?? claim.state.payee;
  return payee ?? refuse("no-payee", "The claim names no account to pay to.");
}

/** The fields of the claim's records that the proposal rests on. */
const inputsFor = ({ claim }: ProposalWorld, payee: Payee | undefined) =>
  inputsOf(claim, {
    payee: payee && bankPartyJson(payee),
    award: claim.state.decision
      ? (z.encode(moneyCodec, claim.state.decision.award) as unknown as Json)
      : undefined,
  });
