import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type ClaimState, openStatuses } from "../../shared/claim/state.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import type { PolicyState } from "../../shared/policy/policy.ts";
import type { CommandPorts } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { claimColumns, openStream } from "../command/rows.ts";
import { naming } from "./core.ts";

/** Claims of one batch, and of one call. */
const batch = 100;
const batchesPerCall = 10;

/** How long a command may run that read other clocks before: what it commits is looked for once more. */
const settledUs = 10_000_000n;

/** By insurer the clocks that a look found every open claim dated by, and when first: asked again until that is a while ago, then only when others are published. */
type Known = Map<string, { readonly version: bigint; readonly since: Instant; done: boolean }>;
const knownOf = new WeakMap<CommandPorts["store"], Known>();

/**
 * The job: dates open claims anew after other clocks were published, so that the lists of what is due are those of the clocks in force; at most 1,000 a call.
 * A claim that somebody acts on meanwhile is dated by that act. One whose row somebody changed holds up no other: it is
 * Malformed when all were tried. Gives how many it looked at. Throws Unavailable.
 */
export async function redateClaims(ports: CommandPorts, insurer: string): Promise<number> {
  const known: Known = knownOf.get(ports.store) ?? new Map();
  knownOf.set(ports.store, known);
  const state = await insurerState(ports, insurer);
  const version = state?.clocks?.version ?? 0n;
  const before = known.get(insurer);
  const same = before?.version === version ? before : undefined;
  if (!state || same?.done) return 0;
  let looked = 0;
  const failures: unknown[] = [];
  for (let round = 0; round < batchesPerCall; round++) {
    const claims = await ports.store.datedOtherwise(insurer, openStatuses, version, batch);
    for (const claim of claims) {
      try {
        await redateOne(ports, insurer, state, claim);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        failures.push(naming(`claim ${claim}`, error));
      }
    }
    looked += claims.length;
    if (claims.length < batch) {
      const since = same?.since ?? ports.clock();
      known.set(insurer, { version, since, done: ports.clock() - since > settledUs });
      break;
    }
  }
  if (failures.length > 0) throw failures[0];
  return looked;
}

async function redateOne(
  ports: CommandPorts,
  insurer: string,
  state: InsurerState,
  claim: Handle,
): Promise<void> {
  const read = async (kind: "claim" | "policy", stream: Handle) => {
    const [row] = await ports.store.transaction(insurer, (on) => on.streams(kind, [stream]));
    return row && (await openStream(ports, insurer, row));
  };
  const slot = await read("claim", claim);
  if (!slot) return;
  const own = slot.state as ClaimState;
  const named = own.submission.policy;
  const policy = named ? ((await read("policy", named))?.state as PolicyState) : undefined;
  const { decideBy, datedBy } = claimColumns(own, { insurer: state, policy: () => policy });
  await ports.store.redate(insurer, { stream: claim, version: slot.version, decideBy, datedBy });
}
