import type { LedgerEngine } from "../../shared/ports/ledger.ts";

/** Places what waits, batch by batch, until nothing does or `maxBatches` were placed; gives how many records. Throws Unavailable. */
export async function sequenceAll(
  engine: Pick<LedgerEngine, "sequence">,
  insurer: string,
  maxBatches = Number.POSITIVE_INFINITY,
): Promise<number> {
  let placed = 0;
  for (let batch = 0; batch < maxBatches; batch++) {
    const { length } = await engine.sequence(insurer);
    if (length === 0) break;
    placed += length;
  }
  return placed;
}
