import type { Accumulator, Subject } from "../base/accumulator.ts";
import type { Seen, StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { ClockedClaim } from "../claim/breach.ts";
import type { ClaimState } from "../claim/state.ts";
import type { ClaimWorld, SeenPack } from "../claim/world.ts";
import type { PayoutState } from "../payout/state.ts";
import type { PayoutWorld, ProposalWorld } from "../payout/world.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { StateOf } from "./streams.ts";

/** One insurer's state at one point of its log: a transaction's snapshot, or an auditor's own fold. */
export interface Reader {
  insurer(): Promise<Seen<InsurerState>>;
  stream<Kind extends StreamKind>(
    kind: Kind,
    stream: Handle,
  ): Promise<Seen<StateOf[Kind]> | undefined>;
  /** The pack in the version that goes for `claim`, by its day. */
  pack(stream: Handle, claim: ClaimState): Promise<SeenPack | undefined>;
  accumulator(subject: Subject): Promise<Accumulator>;
  /** All payouts of a claim. */
  payoutsOf(claim: Handle): Promise<readonly Seen<PayoutState>[]>;
}

/** What the clocks of a claim go by, with its payouts; undefined if there is no such claim. */
export async function clockWorld(
  reader: Reader,
  stream: Handle,
): Promise<(ClockedClaim & { readonly payouts: readonly Seen<PayoutState>[] }) | undefined> {
  const [claim, insurer] = await Promise.all([reader.stream("claim", stream), reader.insurer()]);
  if (!claim) return undefined;
  const named = claim.state.submission.policy;
  const [policy, payouts] = await Promise.all([
    named ? reader.stream("policy", named) : undefined,
    reader.payoutsOf(stream),
  ]);
  return { insurer, claim, jurisdiction: policy?.state.terms.jurisdiction, payouts };
}

/** What a decision on the claim reads; undefined if there is no such claim. */
export async function claimWorld(reader: Reader, stream: Handle): Promise<ClaimWorld | undefined> {
  const [claim, insurer, claimAccumulator] = await Promise.all([
    reader.stream("claim", stream),
    reader.insurer(),
    reader.accumulator(`claim/${stream}`),
  ]);
  if (!claim) return undefined;
  const named = claim.state.submission.policy;
  const [policy, accumulator] = await Promise.all([
    named ? reader.stream("policy", named) : undefined,
    named ? reader.accumulator(`policy/${named}`) : undefined,
  ]);
  const pack = policy && (await reader.pack(policy.state.terms.pack, claim.state));
  if (!policy || !accumulator || !pack) return { insurer, claim, claimAccumulator };
  return { insurer, claim, claimAccumulator, cover: { policy, accumulator, pack } };
}

/** What the proposal of a payout on the claim reads, with the payout it pays again; undefined where one is not there. */
export async function proposalWorld(
  reader: Reader,
  claimStream: Handle,
  replaced?: Handle,
): Promise<ProposalWorld | undefined> {
  const [claim, insurer, claimAccumulator, replaces] = await Promise.all([
    reader.stream("claim", claimStream),
    reader.insurer(),
    reader.accumulator(`claim/${claimStream}`),
    replaced ? reader.stream("payout", replaced) : undefined,
  ]);
  if (!claim || (replaced && !replaces)) return undefined;
  return { insurer, claim, claimAccumulator, ...(replaces ? { replaces } : {}) };
}

/** What every later command on the payout reads. */
export async function payoutWorld(
  reader: Reader,
  stream: Handle,
): Promise<PayoutWorld | undefined> {
  const [payout] = await Promise.all([reader.stream("payout", stream), reader.insurer()]);
  const world = payout && (await proposalWorld(reader, payout.state.claim));
  return payout && world && { ...world, payout };
}
