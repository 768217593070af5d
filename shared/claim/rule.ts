import { type Act, personOf } from "../base/actor.ts";
import type { DomainEvent } from "../base/event.ts";
import { formatAmount } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { Count } from "../coverage/steps.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { decidedEvent, readings } from "./adjudicate.ts";
import { counted, countsUnder } from "./counts.ts";
import { inputsFor } from "./facts.ts";
import { spentOn } from "./heads.ts";
import { refuseDenier, refuseOpened } from "./opened.ts";
import { refuseOwn } from "./own.ts";
import type { Ruling } from "./ruling.ts";
import { type ClaimWorld, remainingUnder } from "./world.ts";

/** A person rules on a claim that was referred, appealed or reopened, and is not their own. Only a person denies; an appeal needs another decider. */
export function ruleOnClaim(world: ClaimWorld, ruling: Ruling, act: Act): DomainEvent | Refusal {
  const award = awardOf(world, ruling);
  if (typeof award !== "bigint") return award;
  const refusal = refuseRuling(world, ruling, award, act);
  if (refusal) return refusal;
  const counts = countsUnder(world, award, ruling.outcome === "DENY");
  const above = refuseAbove(world, award, counts);
  if (above) return above;
  const { claim } = world;
  const { claimed, decision } = claim.state;
  const money = (minor: bigint) => ({ minor, currency: claimed.currency });
  return decidedEvent(world, act, {
    ...readings(world),
    command: { kind: "rule", ruling },
    now: act.now,
    inputs: inputsFor(world),
    supersedes: decision?.version ?? null,
    engine: null,
    trace: [],
    outcome: ruling.outcome,
    award: money(award),
    reductions:
      ruling.outcome === "PAY_PART"
        ? [{ reasonCode: ruling.reasonCode, amount: money(claimed.minor - award), citation: null }]
        : [],
    reasonCode: ruling.reasonCode,
    citation: null,
    counts: counted(world, award, counts),
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** Minor units a ruling awards, or why its amount can't be. */
function awardOf(world: ClaimWorld, ruling: Ruling): bigint | Refusal {
  const { claimed } = world.claim.state;
  const { outcome, amount } = ruling;
  if (amount && amount.currency !== claimed.currency) {
    return refuse("currency-mismatch", "The amount is not in the claim's currency.", "amount");
  }
  if (outcome === "DENY") {
    return amount ? refuse("amount-required", "A denial has no amount.", "amount") : 0n;
  }
  if (outcome === "PAY") {
    return amount && amount.minor !== claimed.minor
      ? refuse(
          "amount-required",
          "PAY awards what was claimed; use PAY_PART for another amount.",
          "amount",
        )
      : claimed.minor;
  }
  if (!amount) return refuse("amount-required", "PAY_PART needs an amount.", "amount");
  if (amount.minor > claimed.minor) {
    return refuse("amount-above-claimed", "The amount is above what was claimed.", "amount");
  }
  return amount.minor === claimed.minor && amount.minor !== 0n
    ? refuse("amount-required", "PAY_PART awards less than was claimed; use PAY.", "amount")
    : amount.minor;
}

function refuseRuling(
  world: ClaimWorld,
  ruling: Ruling,
  award: bigint,
  act: Act,
): Refusal | undefined {
  const { insurer, claim, claimAccumulator, cover } = world;
  const { status, deciders } = claim.state;
  const person = personOf(act);
  if (!person) return refuse("person-required", "Only a person rules on a referred claim.");
  const barred =
    refuseSimulated(insurer, act) ?? refuseOwn(claim.state, cover?.policy.state.terms, act);
  if (barred) return barred;
  if (status !== "referred" && status !== "appealed" && status !== "reopened") {
    return refuse("wrong-state", `A person rules on referred claims; this one is ${status}.`);
  }
  if (status === "appealed" && deciders.includes(person)) {
    return refuse("same-decider", "Another person must rule on an appeal.");
  }
  const opened =
    (ruling.outcome === "DENY" ? refuseDenier(act) : undefined) ?? refuseOpened(world, ruling, act);
  if (opened) return opened;
  if (award > 0n && !cover) {
    return refuse("no-policy", "A claim without a policy can't be paid.", "outcome");
  }
  const remaining = remainingUnder(world);
  if (remaining !== undefined && award > remaining) {
    const left = formatAmount(remaining, claim.state.claimed.currency);
    return refuse("limit-exceeded", `Only ${left} of the policy's limit is left.`, "amount");
  }
  const spent = spentOn(claimAccumulator, "indemnity");
  return award < spent
    ? refuse("award-exceeded", "More is already paid or on its way than this award.", "amount")
    : undefined;
}

/** Why an award can't be beside what another insurer paid, or under the limits of the pack's rule. */
function refuseAbove(
  { claim }: ClaimWorld,
  award: bigint,
  counts: readonly Count[],
): Refusal | undefined {
  const { claimed, submission } = claim.state;
  const other = submission.otherPayer?.paid.minor ?? 0n;
  if (award > 0n && award + other > claimed.minor) {
    const text = formatAmount(other, claimed.currency);
    return refuse(
      "amount-above-claimed",
      `Another insurer paid ${text} of this already.`,
      "amount",
    );
  }
  const full = counts.find((count) => count.counts === "paid" && count.minor > count.room);
  if (!full) return undefined;
  const left = formatAmount(full.room, claimed.currency);
  return refuse("limit-exceeded", `Only ${left} of the limit ${full.name} is left.`, "amount");
}
