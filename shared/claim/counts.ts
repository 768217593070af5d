import { least } from "../base/least.ts";
import { type Adjudication, adjudicate } from "../coverage/adjudicate.ts";
import type { Count } from "../coverage/steps.ts";
import { approvedUnder } from "../policy/policy.ts";
import { markOf } from "./duplicate.ts";
import { factsOf } from "./facts.ts";
import type { Counts } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

/** What a machine's decision adds to its policy's accumulator: its award, what its steps count, and its mark; null without a policy. */
export function countsOf(
  world: ClaimWorld,
  award: bigint,
  found?: Pick<Adjudication, "outcome" | "counts">,
): Counts | null {
  return counted(world, award, found && found.outcome !== "REFER" ? found.counts : []);
}

/** The same of a person's decision, after {@link countsUnder}. */
export function counted(
  world: ClaimWorld,
  award: bigint,
  counts: readonly Pick<Count, "name" | "minor">[],
): Counts | null {
  if (!world.cover) return null;
  const { coverage } = world.cover.policy.state.terms;
  const named = counts.map(({ name, minor }) => [`${coverage}/${name}`, minor] as const);
  return { [approvedUnder(coverage)]: award, ...Object.fromEntries(named), ...markOf(world) };
}

/**
 * What a person's ruling counts where the rule of the pack that speaks about the claim has steps: limits count the award; what the insured bears counts
 * as those steps compute it, but never more than the award leaves to them. A denial counts nothing.
 */
export function countsUnder(world: ClaimWorld, award: bigint, denied: boolean): readonly Count[] {
  const facts = world.cover?.pack.compiled.accumulates ? factsOf(world) : undefined;
  if (denied || !facts || !world.cover) return [];
  const { counts } = adjudicate(world.cover.pack.compiled, { ...facts, earlierClaim: null });
  const left = facts.claim.claimed - award;
  let unborne = left;
  return counts.map((count) => {
    if (count.counts === "paid") return { ...count, minor: award };
    const most = count.counts === "borne" ? unborne : left;
    const minor = least(count.minor, most);
    if (count.counts === "borne") unborne -= minor;
    return { ...count, minor };
  });
}
