import type { Accumulator } from "../../shared/base/accumulator.ts";
import { spentInAll, underWay } from "../../shared/claim/heads.ts";
import { reserveOf } from "../../shared/claim/reserve.ts";
import type { ClaimState } from "../../shared/claim/state.ts";

/**
 * Why the claim does not answer for what its row counts, in words; undefined where it does. A claim's reserve covers what is paid and on its way; one that is over
 * sets nothing aside, whatever it paid, and has nothing on its way.
 */
export function uncovered(claim: ClaimState, row: Accumulator): string | undefined {
  const { status } = claim;
  if (status === "closed" || status === "withdrawn") {
    const open = underWay(row);
    return open === 0n ? undefined : `${open} under way of a claim that is ${status}`;
  }
  const [reserve, spent] = [reserveOf(claim), spentInAll(row)];
  return reserve < spent ? `a reserve of ${reserve}, ${spent} paid or open` : undefined;
}
