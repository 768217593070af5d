import type { PendingRecords } from "../../shared/ports/pending.ts";
import type { CommittedEntries, Traces } from "../../shared/ports/publishing.ts";

/** How many entries of an insurer's log lie in the journal's blocks from `start` (included) to `end` (excluded), and the traces that made them. Throws Unavailable. */
export type EntriesIn = (
  insurer: string,
  start: bigint,
  end: bigint,
) => Promise<Traces & { readonly entries: number }>;

/** {@link EntriesIn} as the database knows it: what was placed in lower blocks has lower positions. */
export const entriesIn =
  (
    outbox: Pick<PendingRecords, "placedWithin">,
    committed: Pick<CommittedEntries, "traces">,
  ): EntriesIn =>
  async (insurer, start, end) => {
    const from = await outbox.placedWithin(insurer, start);
    const to = await outbox.placedWithin(insurer, end);
    return { entries: Number(to - from), ...(await committed.traces(insurer, from, to)) };
  };
