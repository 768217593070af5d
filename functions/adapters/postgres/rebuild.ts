import type { Instant } from "../../../shared/base/instant.ts";
import { append, emptyFrontier } from "../../../shared/log/frontier.ts";
import type { RebuildStore } from "../../../shared/ports/rebuild.ts";
import { openBreaks } from "./bank-rows.ts";
import { moveToEntries } from "./entry.ts";
import { moveHead } from "./head.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";
import { writeSet } from "./write-set.ts";

/** Writes a log again through the statements that wrote it first, in one transaction; as the login that owns the schema. */
export const rebuildStore = (pool: Pool, clock: () => Instant): RebuildStore => ({
  write: (insurer, { streams, accumulators, breaks }, entries) => {
    const writing = async (on: Queryable): Promise<"written" | "taken"> => {
      if (await hasAny(on, insurer)) return "taken";
      const born = { held: 0n };
      await writeSet(on, insurer, {
        streams: streams.map((row) => ({ ...row, ...born })),
        accumulators: accumulators.map((row) => ({ ...row, ...born })),
        outbox: [],
      });
      let frontier = emptyFrontier;
      for await (const rows of entries) {
        const last = rows.at(-1);
        if (last === undefined) continue;
        await writeSet(on, insurer, { streams: [], accumulators: [], outbox: rows });
        await moveToEntries(on, insurer, frontier.size, last, rows.length);
        const grown = rows.reduce((tree, { leafHash }) => append(tree, leafHash), frontier);
        await moveHead(on, insurer, frontier.size, grown, clock());
        frontier = grown;
      }
      if (breaks.length > 0) await openBreaks(on, insurer, breaks, clock());
      return "written";
    };
    // On a PostgreSQL of one's own: Aurora DSQL takes no whole log at once.
    return transaction(pool, writing, "READ WRITE", "unlimited");
  },
});

async function hasAny(on: Queryable, insurer: string): Promise<boolean> {
  const { rows } = await on.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM insurer WHERE insurer = $1) OR EXISTS (SELECT 1 FROM head WHERE insurer = $1)
       OR EXISTS (SELECT 1 FROM entry WHERE insurer = $1) OR EXISTS (SELECT 1 FROM outbox WHERE insurer = $1) AS "any"`,
    [insurer],
  );
  return rows[0]?.any ?? true;
}
