import type { Accumulator } from "../base/accumulator.ts";
import type { Seen } from "../base/event.ts";
import { maxMinor } from "../base/money.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PackState } from "../policy/pack.ts";
import { approvedUnder, type PolicyState } from "../policy/policy.ts";
import type { ClaimState } from "./state.ts";

/** A published pack in the version that the claim's day chooses, ready to run. */
export interface SeenPack extends Seen<PackState> {
  readonly compiled: CompiledPack;
}

/** Everything a decision on a claim reads, as one transaction (or an auditor's fold) saw it. Without a policy: no pack either. */
export interface ClaimWorld {
  readonly insurer: Seen<InsurerState>;
  readonly claim: Seen<ClaimState>;
  readonly claimAccumulator: Accumulator;
  readonly cover?: {
    readonly policy: Seen<PolicyState>;
    readonly accumulator: Accumulator;
    readonly pack: SeenPack;
  };
}

/** What other claims of the policy add up to under its coverage, by the names a pack's steps know. Empty where the pack has no steps. */
export function accumulatedUnder({ claim, cover }: ClaimWorld): Readonly<Record<string, bigint>> {
  if (!cover?.pack.compiled.accumulates) return {};
  const { coverage } = cover.policy.state.terms;
  const own = claim.state.decision?.counts ?? {};
  const others = Object.entries(cover.accumulator.values).flatMap(([name, minor]) =>
    name.startsWith(`${coverage}/`)
      ? [[name.slice(coverage.length + 1), minor - (own[name] ?? 0n)] as const]
      : [],
  );
  return Object.fromEntries(others);
}

/** Minor units left under the policy's limit, apart from what this claim already has; undefined when there is no limit. */
export function remainingUnder(world: ClaimWorld): bigint | undefined {
  const cover = world.cover;
  if (!cover?.policy.state.terms.limit) return undefined;
  const { coverage } = cover.policy.state.terms;
  const { decision } = world.claim.state;
  const approved = cover.accumulator.values[approvedUnder(coverage)] ?? 0n;
  const own = decision?.counts?.[approvedUnder(coverage)] ?? 0n;
  const left = cover.policy.state.terms.limit.minor - approved + own;
  return left < 0n ? 0n : left > maxMinor ? maxMinor : left;
}
