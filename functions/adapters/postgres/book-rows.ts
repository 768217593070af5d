import type { StreamRow } from "../../../shared/ports/store.ts";
import type { BookRows, Cut } from "../../../shared/ports/totals.ts";
import { parseRecord } from "../../../shared/record/record.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";

const page = 1_000;
const columns = `stream, version, leaf_hash AS "leafHash", ord, status, state, person`;
const pageOf = {
  claim: `SELECT ${columns} FROM claim WHERE insurer = $1 AND stream > $2 ORDER BY stream LIMIT ${page}`,
  payout: `SELECT ${columns} FROM payout WHERE insurer = $1 AND stream > $2 ORDER BY stream LIMIT ${page}`,
};

/** The rows of claims and payouts, read as role `countersign_app`. */
export const bookRows = (pool: Pool): BookRows => ({
  read: (insurer, each) =>
    transaction(
      pool,
      async (on) => {
        const cut = await cutOf(on, insurer);
        if (cut === "waiting") return cut;
        for (const kind of ["claim", "payout"] as const) {
          for await (const row of rowsOf(on, kind, insurer)) await each(row);
        }
        return cut;
      },
      "READ ONLY",
    ),
});

/** Where the log stands, if the rows say no more than its entries do. */
async function cutOf(on: Queryable, insurer: string): Promise<Cut | "waiting"> {
  const waiting = await on.query("SELECT 1 FROM outbox WHERE insurer = $1 LIMIT 1", [insurer]);
  if (waiting.rowCount > 0) return "waiting";
  const { rows } = await on.query<{ size: bigint; record: Uint8Array }>(
    `SELECT h.size, e.record FROM head AS h JOIN entry AS e ON e.insurer = h.insurer AND e.idx = 0
     WHERE h.insurer = $1`,
    [insurer],
  );
  const [head] = rows;
  return head
    ? { size: head.size, openedIn: parseRecord(head.record).time.slice(0, 7) }
    : "waiting";
}

/** Every row of a kind, at most 1,000 in memory; ends with the rows there are. */
async function* rowsOf(
  on: Queryable,
  kind: "claim" | "payout",
  insurer: string,
): AsyncIterable<StreamRow> {
  let last = "";
  for (;;) {
    const { rows } = await on.query<Omit<StreamRow, "kind">>(pageOf[kind], [insurer, last]);
    yield* rows.map((row) => ({ ...row, kind }));
    if (rows.length < page) return;
    last = rows.at(-1)?.stream ?? "";
  }
}
