import type { BookRow, BookRows, Cut } from "../../../shared/ports/totals.ts";
import { parseRecord } from "../../../shared/record/record.ts";
import { type Pool, type Queryable, transaction } from "./pool.ts";

const page = 1_000;
const pageOf = { claim: pageFrom("claim"), payout: pageFrom("payout") };
function pageFrom(table: "claim" | "payout"): string {
  const at = (name: string, version: string): string =>
    `JOIN entry AS ${name} ON ${name}.insurer = r.insurer AND ${name}.stream = r.stream AND ${name}.version = ${version}`;
  return `SELECT r.stream, r.version, r.leaf_hash AS "leafHash", r.ord, r.status, r.state, r.person,
      first.idx AS first, newest.idx AS newest, second.idx AS second, third.idx AS third
    FROM ${table} AS r ${at("first", "1")} ${at("newest", "r.version")}
    LEFT ${at("second", "r.version - 1")} LEFT ${at("third", "r.version - 2")}
    WHERE r.insurer = $1 AND r.stream > $2 ORDER BY r.stream LIMIT ${page}`;
}

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

/** Where the log stands, if the rows say no more and no less than its entries do. */
async function cutOf(on: Queryable, insurer: string): Promise<Cut | "waiting"> {
  const waiting = await on.query(
    `SELECT 1 FROM outbox WHERE insurer = $1 UNION ALL SELECT 1 FROM person WHERE insurer = $1 AND status = 'approved' LIMIT 1`,
    [insurer],
  );
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

interface PlacedRow extends Omit<BookRow, "kind" | "newest"> {
  readonly newest: bigint;
  readonly second: bigint | null;
  readonly third: bigint | null;
}

/** Every row of a kind, at most 1,000 in memory; ends with the rows there are. */
async function* rowsOf(
  on: Queryable,
  kind: "claim" | "payout",
  insurer: string,
): AsyncIterable<BookRow> {
  let last = "";
  for (;;) {
    const { rows } = await on.query<PlacedRow>(pageOf[kind], [insurer, last]);
    for (const { newest, second, third, ...row } of rows) {
      const indices = [newest, second, third].filter((index) => index !== null);
      yield { ...row, kind, newest: indices };
    }
    if (rows.length < page) return;
    last = rows.at(-1)?.stream ?? "";
  }
}
