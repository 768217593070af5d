import type { Instant } from "../../../shared/base/instant.ts";
import type { Queryable } from "./pool.ts";

async function ageOf(
  on: Queryable,
  clock: () => Instant,
  since: string,
  values: readonly unknown[],
): Promise<number> {
  const { rows } = await on.query<{ since: bigint | null }>(since, values);
  const at = rows[0]?.since ?? clock();
  return Math.max(0, Number((clock() - at) / 1000n));
}

/** Milliseconds since the oldest record of any outbox was made (its `ord` is a time in µs); 0 where nothing waits. Role sequencer. Throws Unavailable. */
export const outboxAge = (on: Queryable, clock: () => Instant): Promise<number> =>
  ageOf(on, clock, `SELECT min(ord) AS since FROM outbox`, []);

/** Milliseconds since the oldest tree of a log above `size` was committed; 0 where there is none. Role publisher. Throws Unavailable. */
export const unpublishedAge =
  (on: Queryable, clock: () => Instant) =>
  (insurer: string, size: bigint): Promise<number> =>
    ageOf(
      on,
      clock,
      `SELECT committed_at AS since FROM checkpoint WHERE insurer = $1 AND size > $2 ORDER BY size LIMIT 1`,
      [insurer, size],
    );

/** Milliseconds since the oldest erasure of this status was recorded; 0 where there is none. Role app. Throws Unavailable. */
export const erasureAge =
  (on: Queryable, clock: () => Instant) =>
  (insurer: string, status: "requested" | "approved"): Promise<number> =>
    ageOf(
      on,
      clock,
      `SELECT ord AS since FROM person WHERE insurer = $1 AND status = $2 ORDER BY ord LIMIT 1`,
      [insurer, status],
    );
