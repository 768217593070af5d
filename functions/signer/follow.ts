import { equal } from "../../shared/base/bytes.ts";
import type { LedgerDigest, LedgerEngine, LedgerState } from "../../shared/ports/ledger.ts";

/**
 * The state at `to`, gone on to from `from` as the gate goes, extension by extension; undefined if it is none. Nothing is signed. Throws
 * Unavailable.
 */
export async function follow(
  engine: Pick<LedgerEngine, "extension" | "extend">,
  log: string,
  from: LedgerState,
  to: LedgerDigest,
): Promise<LedgerState | undefined> {
  let state = from;
  while (state.size < to.size) {
    const step = await engine.extension(log, state, to);
    const next = engine.extend(state, step.to, step.evidence);
    if (next === undefined || next.size <= state.size) return undefined;
    state = next;
  }
  return state.size === to.size && equal(state.root, to.root) ? state : undefined;
}
