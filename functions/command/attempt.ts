import * as z from "zod";
import { instantCodec } from "../../shared/base/codec.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import type { JobName, jobShelf, KeptJob } from "./job-shelf.ts";
import type { Turn } from "./take-turns.ts";

/** How often a job was begun, and when the run under way was: what a job that is one run has beside its own. */
export const attemptShape = {
  attempts: z.int().nonnegative(),
  begun: instantCodec.nullable(),
};
/** Of a job that nobody began yet. */
export const neverBegun = { attempts: 0, begun: null } as const;

interface Attempted {
  readonly state: string;
  readonly attempts: number;
  readonly begun: Instant | null;
}

const mostAttempts = 3;
/** Longer than any call of a function: what was begun so long ago, nobody is at. */
const longestRunUs = 20n * 60n * 1_000_000n;

/**
 * One turn of a job that is one run: `run` of the job as this call has claimed it, by compare-and-set, unless it is over or somebody else is at it; `giveUp` of one that three runs did
 * not end. An outage is no attempt. Throws what the run throws.
 */
export async function attempt<Job extends Attempted>(
  shelf: Pick<ReturnType<typeof jobShelf<Job>>, "read" | "change" | "unqueue">,
  store: ObjectStore,
  name: JobName,
  now: Instant,
  run: (claimed: KeptJob<Job>) => Promise<Turn>,
  giveUp: (kept: KeptJob<Job>) => Promise<Turn>,
): Promise<Turn> {
  const kept = await shelf.read(store, name);
  if (kept?.job.state !== "waiting") {
    await shelf.unqueue(store, name);
    return "idle";
  }
  const { begun, attempts } = kept.job;
  if (begun !== null && now - begun < longestRunUs) return "idle";
  if (attempts >= mostAttempts) return giveUp(kept);
  const next = { ...kept.job, begun: now, attempts: attempts + 1 };
  const claimed = await shelf.change(store, name, kept, next);
  if (!claimed) return "idle";
  try {
    return await run(claimed);
  } catch (error) {
    // Where that can't be said either, it waits until nobody can be at it.
    if (error instanceof Unavailable) {
      await shelf.change(store, name, claimed, kept.job).catch(() => undefined);
    }
    throw error;
  }
}
