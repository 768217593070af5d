import type { StreamRow } from "./store.ts";

/** An insurer's books as its rows have them at one moment when no record waits: exactly what the first `size` entries of its log did. */
export interface Cut {
  readonly size: bigint;
  /** The month of the log's first entry. */
  readonly openedIn: string;
}

/** Reads an insurer's own rows, never its log. Throws Unavailable. */
export interface BookRows {
  /** Hands every row of claims, then of payouts, to `each`, from one snapshot; "waiting" where records wait to be placed, or there is no log. */
  read(insurer: string, each: (row: StreamRow) => Promise<void>): Promise<Cut | "waiting">;
}
