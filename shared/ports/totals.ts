import type { StreamRow } from "./store.ts";

/** What has to come first where rows say more, or less, than the log does: that records are placed, or that an approved erasure is carried out. */
export type WaitsFor = "records to be placed" | "an erasure to be carried out";

/** How far an insurer's log goes; where nothing is waited for, its rows say exactly what its first `size` entries did. */
export interface Cut {
  readonly size: bigint;
  /** The day of the log's first entry. */
  readonly openedIn: string;
  readonly waitsFor: WaitsFor | null;
}

/** The row of a claim or payout, with where its records stand in the log. */
export interface BookRow extends StreamRow {
  /** The version of its first record in the period that is asked for: that and all later ones are in it; null: none is. */
  readonly since: bigint | null;
}

/** Reads an insurer's own rows, never what its log says. Throws Unavailable. */
export interface BookRows {
  /** How far the log goes; undefined where it has no entry yet. */
  cut(insurer: string): Promise<Cut | undefined>;
  /**
   * Hands every row of claims, then of payouts, to what `begin` gives, from one snapshot with its cut; none where that waits. The period begins at the entry `from`.
   * A reading that broke off begins anew, with all rows.
   */
  read(
    insurer: string,
    from: bigint,
    begin: () => (row: BookRow) => Promise<void>,
  ): Promise<Cut | undefined>;
}
