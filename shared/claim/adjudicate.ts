import type { Act } from "../base/actor.ts";
import type { Money } from "../base/codec.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import { readingOf } from "../base/inputs.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { adjudicate as runPack } from "../coverage/adjudicate.ts";
import { engine } from "../coverage/engine.ts";
import { letterHash, letterOf } from "../letter/letter.ts";
import { countsOf } from "./counts.ts";
import { type Decided, decidedForm } from "./decided.ts";
import { withoutOtherLosses } from "./duplicate.ts";
import { factsOf, inputsFor } from "./facts.ts";
import type { ClaimWorld } from "./world.ts";

/**
 * The pack decides: pays, reduces by the arithmetic the policy states, or refers. A submitted claim is decided once; a referred one again
 * only under a newer version of its pack. A claim without a policy, or whose policy is cancelled, can only be referred.
 */
export function adjudicateClaim(world: ClaimWorld, act: Act): DomainEvent | Refusal {
  const { claim, cover } = world;
  const { status, decision, claimed } = claim.state;
  if (act.kind !== "machine") return refuse("not-permitted", "A pack is run by a machine.");
  const newer =
    cover && decision?.packVersion != null && cover.pack.state.version > decision.packVersion;
  if (status !== "submitted" && !(status === "referred" && newer)) {
    return refuse("wrong-state", "The claim is not waiting for its pack.");
  }
  const common = {
    ...readings(world),
    command: { kind: "adjudicate" as const },
    now: act.now,
    inputs: inputsFor(world),
    supersedes: decision?.version ?? null,
  };
  const facts = factsOf(world);
  if (!facts || cover?.policy.state.status !== "active") {
    return decidedEvent(world, act, {
      ...common,
      engine: null,
      trace: [],
      outcome: "REFER",
      award: { minor: 0n, currency: claimed.currency },
      reductions: [],
      reasonCode: cover ? "POLICY_CANCELLED" : "NO_POLICY",
      citation: null,
      counts: countsOf(world, 0n),
    });
  }
  const found = runPack(cover.pack.compiled, facts);
  const money = (minor: bigint): Money => ({ minor, currency: claimed.currency });
  return decidedEvent(world, act, {
    ...common,
    pack: common.pack && { ...common.pack, fund: found.fund },
    engine,
    trace: [...found.trace],
    outcome: found.outcome,
    award: money(found.minor),
    reductions: found.reductions.map(({ reasonCode, minor, citation }) => ({
      reasonCode,
      amount: money(minor),
      citation,
    })),
    reasonCode: found.reasonCode,
    citation: found.citation,
    counts: countsOf(world, found.minor, found),
  });
}

/** The decision with its letter's hash. */
export function decidedEvent(
  { claim, insurer, cover }: ClaimWorld,
  act: Act,
  decision: Omit<Decided, "letter">,
): DomainEvent {
  const head = { claim: claim.stream, insurer: insurer.state.insurer, actor: act.kind };
  const letter = letterHash(letterOf(head, decision, cover?.pack.compiled));
  return eventOf(decidedForm, claim.stream, { ...decision, letter });
}

/** What every decision says it read: accumulators and the pack. No fund pays but by a rule of the pack. */
export function readings(world: ClaimWorld): Pick<Decided, "accumulators" | "pack"> {
  const { claimAccumulator, cover } = world;
  return {
    accumulators: [
      readingOf(claimAccumulator),
      ...(cover ? [withoutOtherLosses(world, readingOf(cover.accumulator))] : []),
    ],
    pack: cover
      ? {
          stream: cover.pack.stream,
          version: cover.pack.state.version,
          hash: cover.pack.state.hash,
          fund: null,
        }
      : null,
  };
}
