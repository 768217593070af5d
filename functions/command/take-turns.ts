import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { forgetExpired } from "./forget-expired.ts";
import type { JobName, jobShelf } from "./job-shelf.ts";

/** What came of a job's turn: it is over; it has failed by no fault of whoever asked for it; it may go on in another turn of this call; or there was nothing to do. */
export type Turn = "over" | "failed" | "goes-on" | "idle";

/** How long a call may take, and who is told of each job that failed or can't be read; by default nobody. */
export interface Calling {
  /** Whether it is time to end. */
  readonly late?: () => boolean;
  readonly failed?: () => void;
}

type Shelf<Job extends { readonly state: string }> = Pick<
  ReturnType<typeof jobShelf<Job>>,
  "kept" | "read" | "forget" | "queue" | "unqueue"
>;

/**
 * Gives each job that waits a turn, and those that go on another, round after round until all are over or idle, or it is late after one that did something; and forgets those
 * whose time is over. A job whose turn fails holds up no other: the first failure is thrown when all had their turn, an outage or a bug before Malformed, which is a job that somebody changed. That
 * one leaves the queue. `now` is when the call began.
 */
export async function takeTurns<Job extends { readonly state: string; readonly expires: Instant }>(
  shelf: Shelf<Job>,
  store: ObjectStore,
  now: Instant,
  { late = () => false, failed = () => {} }: Calling,
  turn: (name: JobName) => Promise<Turn>,
): Promise<void> {
  const failures: unknown[] = await forgetExpired(shelf, store, now);
  failures.forEach(failed);
  let queue = await shelf.queue(store, now);
  for (let over = false; queue.length > 0 && !over; ) {
    const goOn: JobName[] = [];
    for (const name of queue) {
      const done = await turn(name).catch(async (error: unknown): Promise<Turn> => {
        failures.push(error);
        if (error instanceof Malformed) await shelf.unqueue(store, name);
        return error instanceof Unavailable ? "idle" : "failed";
      });
      if (done === "failed") failed();
      if (done === "goes-on") goOn.push(name);
      over = done !== "idle" && late();
      if (over) break;
    }
    queue = goOn;
  }
  if (failures.length > 0) throw failures.find((one) => !(one instanceof Malformed)) ?? failures[0];
}
