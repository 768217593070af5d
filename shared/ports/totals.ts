import type { Handle } from "../base/handle.ts";
import type { ClaimState } from "../claim/state.ts";
import type { PayoutState } from "../payout/state.ts";

/** An insurer's books as its rows have them at one moment when no record waits: exactly what the first `size` entries of its log did. */
export interface Cut {
  readonly size: bigint;
  /** The month of the log's first entry. */
  readonly openedIn: string;
}

/** Reads an insurer's own rows, never its log. Throws Unavailable. */
export interface BookRows {
  /** Hands every claim and payout to the callbacks, from one snapshot; "waiting" where records still wait to be placed, or there is no log. */
  read(
    insurer: string,
    claim: (stream: Handle, state: ClaimState) => void,
    payout: (state: PayoutState) => void,
  ): Promise<Cut | "waiting">;
}
