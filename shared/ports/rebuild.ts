import type { Break } from "./bank-rows.ts";
import type { AccumulatorRow, OutboxRow, StreamRow } from "./store.ts";

/** The rows that hold a log's state after its last entry. */
export interface StateRows {
  readonly streams: readonly StreamRow[];
  readonly accumulators: readonly AccumulatorRow[];
  /** Breaks of payouts that are open: when they were found is known no more. */
  readonly breaks: readonly Break[];
}

/** Puts one log into a database that has nothing of it. Throws Unavailable. */
export interface RebuildStore {
  /**
   * Writes the rows and the entries, in the order they come, with the tree head they lead to: all of it or nothing, and nothing where `entries` throws.
   * "taken" where the database has something of the insurer.
   */
  write(
    insurer: string,
    state: StateRows,
    entries: AsyncIterable<readonly OutboxRow[]>,
  ): Promise<"written" | "taken">;
}
