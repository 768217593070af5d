import { clockWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, refuse } from "../../shared/base/refusal.ts";
import { recordBreach } from "../../shared/claim/breach.ts";
import { clockNames } from "../../shared/claim/state.ts";
import { orderedOf } from "../../shared/payout/ordered.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { oldestFirst } from "../command/oldest-first.ts";
import { claimRow } from "./core.ts";
import { dateClaim } from "./date-claim.ts";

/** Claims of one call. */
const batch = 100;

/**
 * The job: records which statutory clocks of claims ran out before what was due was done, once for each run of a clock, in the claim's stream; at most 100
 * claims a call. A claim whose award was paid meanwhile is only dated anew. One whose row somebody changed holds up no other ({@link oldestFirst}): it is Malformed when all were
 * tried. Gives how many breaches it recorded. Throws Unavailable.
 */
export async function recordBreaches(ports: CommandPorts, insurer: string): Promise<number> {
  let recorded = 0;
  const now = ports.clock();
  const list = {
    of: ports.store,
    name: `${insurer} clocks out`,
    row: claimRow,
    oldest: (limit: number, skip: number) => ports.store.clocksOut(insurer, now, limit, skip),
  };
  const [altered] = await oldestFirst(list, batch, 1, async (claim) => {
    recorded += await recordOne(ports, insurer, claim);
  });
  if (altered) throw altered;
  return recorded;
}

/** Records what ran out of one claim, in one transaction; where nothing did, its row is dated anew. */
async function recordOne(ports: CommandPorts, insurer: string, claim: Handle): Promise<number> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const done = await commitCommand(ports, insurer, act.now, async (transaction) => {
    const clocked = await clockWorld(transaction, claim);
    if (!clocked) return refuse("not-found", "There is no such claim.");
    const ordered = orderedOf(clocked.payouts);
    const breaches = clockNames.flatMap((clock) => {
      const event = recordBreach(clocked, clock, ordered, act);
      return isRefusal(event) ? [] : [event];
    });
    for (const event of breaches) await transaction.append(event, act);
    if (breaches.length === 0) await dateClaim(transaction, clocked);
    return { recorded: breaches.length };
  });
  return isRefusal(done) ? 0 : done.recorded;
}
