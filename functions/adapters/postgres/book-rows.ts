import type { BookRow, BookRows, Cut } from "../../../shared/ports/totals.ts";
import { parseRecord } from "../../../shared/record/record.ts";
import { transactionAgain } from "./again.ts";
import type { Pool, Queryable } from "./pool.ts";

const page = 1_000;
const pageOf = { claim: pageFrom("claim"), payout: pageFrom("payout") };
function pageFrom(table: "claim" | "payout"): string {
  return `SELECT r.stream, r.version, r.leaf_hash AS "leafHash", r.ord, r.status, r.state, r.person, s.since
    FROM ${table} AS r
    LEFT JOIN (SELECT stream, min(version) AS since FROM entry WHERE insurer = $1 AND idx >= $3 GROUP BY stream) AS s
      ON s.stream = r.stream
    WHERE r.insurer = $1 AND r.stream > $2 ORDER BY r.stream LIMIT ${page}`;
}

/** The rows of claims and payouts, read as role `countersign_app`. */
export const bookRows = (pool: Pool): BookRows => ({
  cut: (insurer) => transactionAgain(pool, (on) => cutOf(on, insurer), "READ ONLY"),
  read: (insurer, from, begin) =>
    transactionAgain(
      pool,
      async (on) => {
        const cut = await cutOf(on, insurer);
        if (cut?.waitsFor !== null) return cut;
        const each = begin();
        for (const kind of ["claim", "payout"] as const) {
          for await (const row of rowsOf(on, kind, insurer, from)) await each(row);
        }
        return cut;
      },
      "READ ONLY",
    ),
});

interface HeadRow {
  readonly size: bigint;
  readonly genesis: Uint8Array;
  readonly placing: boolean;
  readonly erasing: boolean;
}

/** Where the log stands, and whether the rows say no more and no less than its entries do. */
async function cutOf(on: Queryable, insurer: string): Promise<Cut | undefined> {
  const { rows } = await on.query<HeadRow>(
    `SELECT h.size, e.record AS genesis, EXISTS (SELECT 1 FROM outbox WHERE insurer = $1) AS placing,
       EXISTS (SELECT 1 FROM person WHERE insurer = $1 AND status = 'approved') AS erasing
     FROM head AS h JOIN entry AS e ON e.insurer = h.insurer AND e.idx = 0 WHERE h.insurer = $1`,
    [insurer],
  );
  const [head] = rows;
  if (!head) return undefined;
  const waitsFor = head.placing
    ? "records to be placed"
    : head.erasing
      ? "an erasure to be carried out"
      : null;
  return { size: head.size, openedIn: parseRecord(head.genesis).time.slice(0, 10), waitsFor };
}

/** Every row of a kind, at most 1,000 in memory; ends with the rows there are. */
async function* rowsOf(
  on: Queryable,
  kind: "claim" | "payout",
  insurer: string,
  from: bigint,
): AsyncIterable<BookRow> {
  let last = "";
  for (;;) {
    const { rows } = await on.query<Omit<BookRow, "kind">>(pageOf[kind], [insurer, last, from]);
    for (const row of rows) yield { ...row, kind };
    if (rows.length < page) return;
    last = rows.at(-1)?.stream ?? "";
  }
}
