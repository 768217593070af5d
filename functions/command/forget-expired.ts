import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { each } from "./each.ts";
import type { jobShelf } from "./job-shelf.ts";

/** How often what is kept is looked through. */
const everyUs = 3_600_000_000n;
const mostKept = 10_000;
/** Jobs read at once. */
const width = 8;

/** When the jobs of a shelf were last looked through in a store. */
const looked = new WeakMap<object, Map<object, Instant>>();

/**
 * Forgets the jobs of a shelf whose time is over, of 10,000 at most; once an hour for each process, whatever it is called. One that somebody changed holds up no other: gives the Malformed
 * of each, which stays until the bucket's lifecycle takes it. Throws Unavailable.
 */
export async function forgetExpired<
  Job extends { readonly state: string; readonly expires: Instant },
>(
  shelf: Pick<ReturnType<typeof jobShelf<Job>>, "kept" | "read" | "forget">,
  store: ObjectStore,
  now: Instant,
): Promise<Malformed[]> {
  const known = looked.get(store) ?? new Map<object, Instant>();
  looked.set(store, known);
  const last = known.get(shelf);
  if (last !== undefined && last <= now && now - last < everyUs) return [];
  const unreadable: Malformed[] = [];
  await each(await shelf.kept(store, mostKept), width, async (name) => {
    try {
      const kept = await shelf.read(store, name);
      if (kept && kept.job.expires <= now) await shelf.forget(store, name);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      unreadable.push(error);
    }
  });
  known.set(shelf, now);
  return unreadable;
}
