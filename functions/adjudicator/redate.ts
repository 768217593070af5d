import type { Handle } from "../../shared/base/handle.ts";
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

/** The clocks whose claims this process knows to be dated by them, by insurer: asked again only when others are published. */
const done = new WeakMap<CommandPorts["store"], Map<string, bigint>>();

/**
 * The job: dates open claims anew after other clocks were published, so that the lists of what is due are those of the clocks in force; at most 1,000 a call.
 * A claim that somebody acts on meanwhile is dated by that act. One whose row somebody changed holds up no other: it is
 * Malformed when all were tried. Gives how many it looked at. Throws Unavailable.
 */
export async function redateClaims(ports: CommandPorts, insurer: string): Promise<number> {
  const known = done.get(ports.store) ?? new Map<string, bigint>();
  done.set(ports.store, known);
  const state = await insurerState(ports, insurer);
  const version = state?.clocks?.version ?? 0n;
  if (!state || known.get(insurer) === version) return 0;
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
      known.set(insurer, version);
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
