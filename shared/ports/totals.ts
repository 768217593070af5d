import type { StreamRow } from "./store.ts";

/** An insurer's books as its rows have them at one moment when no record waits: exactly what the first `size` entries of its log did. */
export interface Cut {
  readonly size: bigint;
  /** The month of the log's first entry. */
  readonly openedIn: string;
}

/** The row of a claim or payout, with where its records stand in the log. */
export interface BookRow extends StreamRow {
  /** The index of its first record. */
  readonly first: bigint;
  /** The indices of its newest records, newest first: three, or as many as there are. */
  readonly newest: readonly bigint[];
}

/** Reads an insurer's own rows, never what its log says. Throws Unavailable. */
export interface BookRows {
  /**
   * Hands every row of claims, then of payouts, to `each`, from one snapshot; "waiting" where records wait to be placed, an approved erasure is still
   * being carried out, or there is no log.
   */
  read(insurer: string, each: (row: BookRow) => Promise<void>): Promise<Cut | "waiting">;
}
