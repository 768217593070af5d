import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import { type Trail, tracesOf } from "./trail.ts";

/** Places what waits, batch by batch, until nothing does or `maxBatches` were placed, and tells `trail` of each; gives how many records. Throws Unavailable. */
export async function sequenceAll(
  engine: Pick<LedgerEngine, "sequence">,
  insurer: string,
  maxBatches = Number.POSITIVE_INFINITY,
  trail?: Trail,
): Promise<number> {
  let placed = 0;
  for (let batch = 0; batch < maxBatches; batch++) {
    const batch = await engine.sequence(insurer);
    const [one] = batch;
    if (one === undefined) break;
    placed += batch.length;
    const [entries, first] = [batch.length, one.position.toString()];
    trail?.("placed", { insurer, entries, first, ...tracesOf(batch) });
  }
  return placed;
}
