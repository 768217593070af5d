import { clockWorld } from "../../shared/audit/reader.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { refuse } from "../../shared/base/refusal.ts";
import { openStatuses } from "../../shared/claim/state.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { alteredRow } from "../command/oldest-first.ts";
import { claimRow } from "./core.ts";
import { dateClaim } from "./date-claim.ts";

/** Statuses of claims that wait for a decision, or for all of it to be paid. */
const clockedStatuses = [...openStatuses, "decided"];

/** Claims of one batch, and of one call. */
const batch = 100;
const batchesPerCall = 10;

/** How long a command may run that read other clocks before: what it commits is looked for once more. */
const settledUs = 10_000_000n;

/** What is known of an insurer's open claims: how far the look under way has come, when it began, and when the first that came to the end did. */
interface Look {
  readonly version: bigint;
  readonly began: Instant;
  readonly after: Handle | "";
  readonly ended?: Instant;
  readonly done?: true;
}
const looks = new WeakMap<CommandPorts["store"], Map<string, Look>>();

/**
 * The job: dates claims that are open or decided anew after other clocks were published, so that the lists of what is due are those of the clocks in force; at most 1,000 a call,
 * by handle, the next call from where this one ended. A claim that somebody acts on meanwhile is dated by that act, by the clocks that act read. One
 * that did so by the old ones, before the look or behind it, is found by another look, that begins when no such act can be under way any
 * more; then nothing is asked until others are published. One whose row somebody changed holds up no other: it is Malformed when all were tried. Gives how many it
 * looked at. Throws Unavailable.
 */
export async function redateClaims(ports: CommandPorts, insurer: string): Promise<number> {
  const known = looks.get(ports.store) ?? new Map<string, Look>();
  looks.set(ports.store, known);
  const state = await insurerState(ports, insurer);
  const version = state?.clocks?.version ?? 0n;
  const before = known.get(insurer);
  let look: Look =
    before?.version === version ? before : { version, began: ports.clock(), after: "" };
  if (!state || look.done) return 0;
  let looked = 0;
  const failures: unknown[] = [];
  for (let round = 0; round < batchesPerCall; round++) {
    const { after } = look;
    const claims = await ports.store.datedOtherwise(
      insurer,
      clockedStatuses,
      version,
      after,
      batch,
    );
    for (const claim of claims) {
      try {
        await redateOne(ports, insurer, claim);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        failures.push(alteredRow(claimRow(claim)));
      }
    }
    looked += claims.length;
    look = { ...look, after: claims.at(-1) ?? "" };
    if (claims.length < batch) {
      look = endOf(look, ports.clock());
      break;
    }
  }
  known.set(insurer, look);
  if (failures.length > 0) throw failures[0];
  return looked;
}

/** After a look that came to the end: the next one, or none where it began long enough after the first had ended. */
function endOf({ version, began, ended }: Look, now: Instant): Look {
  const first = ended ?? now;
  const next = { version, began: now, after: "", ended: first } as const;
  return began - first > settledUs ? { ...next, done: true } : next;
}

async function redateOne(ports: CommandPorts, insurer: string, claim: Handle): Promise<void> {
  await commitCommand(ports, insurer, ports.clock(), async (transaction) => {
    const clocked = await clockWorld(transaction, claim);
    if (!clocked) return refuse("not-found", "There is no such claim.");
    await dateClaim(transaction, clocked);
    return {};
  });
}
