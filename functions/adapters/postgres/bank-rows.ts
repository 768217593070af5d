import type {
  BankRows,
  Break,
  FrozenReconciliation,
  ListedBreak,
  SeenMessage,
} from "../../../shared/ports/bank-rows.ts";
import { transactionAgain } from "./again.ts";
import type { Pool, Queryable } from "./pool.ts";

const sentStatuses = `'released', 'settled', 'rejected', 'returned', 'recalled'`;
const columns = `kind, NULLIF(about, '') AS about, NULLIF(message, '') AS message`;

const insertBreaks = `INSERT INTO breaks (insurer, kind, about, message, opened_at)
  SELECT $1, kind, about, message, $5 FROM unnest($2::text[], $3::text[], $4::text[]) AS b (kind, about, message)
  ON CONFLICT DO NOTHING`;
const insertUnanswered = `INSERT INTO breaks (insurer, kind, about, message, opened_at)
  SELECT $1, 'unanswered', p.stream, '', $3 FROM payout p JOIN payment_files f ON f.insurer = p.insurer AND f.file = p.file
  WHERE p.insurer = $1 AND p.status = 'released' AND f.sent_at < $2 AND NOT EXISTS (
    SELECT 1 FROM breaks b WHERE b.insurer = $1 AND b.about = p.stream AND b.closed_at IS NULL)
  LIMIT 1000 ON CONFLICT DO NOTHING`;
/** Rows one statement changes at most: below DSQL's 3,000 a transaction. */
const batch = 1_000;
const answered = `SELECT b.about FROM breaks b WHERE b.insurer = $1 AND b.kind = 'unanswered' AND b.closed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM payout p WHERE p.insurer = $1 AND p.stream = b.about AND p.status = 'released') LIMIT ${batch}`;
const closeAnswered = `UPDATE breaks SET closed_at = $3 WHERE insurer = $1 AND kind = 'unanswered' AND about = ANY($2::text[]) AND closed_at IS NULL`;

/** Puts breaks on the list; one that is on it stays as it is. */
export async function openBreaks(
  on: Pick<Queryable, "query">,
  insurer: string,
  breaks: readonly Break[],
  at: bigint,
): Promise<void> {
  const of = (key: keyof Break) => breaks.map((each) => each[key] ?? "");
  await on.query(insertBreaks, [insurer, of("kind"), of("about"), of("message"), at]);
}

/** The rows between the platform and banks, as role `countersign_app`. */
export function bankRows(pool: Pool): BankRows {
  return {
    unsent: async (insurer, after, limit) => {
      const { rows } = await pool.query<{ file: string }>(
        `SELECT DISTINCT p.file FROM payout p WHERE p.insurer = $1 AND p.status = 'released' AND p.file > $2 AND NOT EXISTS (
           SELECT 1 FROM payment_files f WHERE f.insurer = $1 AND f.file = p.file) ORDER BY p.file LIMIT $3`,
        [insurer, after, limit],
      );
      return rows.map(({ file }) => file);
    },
    wasSent: async (insurer, file) => {
      const { rows } = await pool.query(
        `SELECT 1 FROM payment_files WHERE insurer = $1 AND file = $2`,
        [insurer, file],
      );
      return rows.length > 0;
    },
    sent: async (insurer, file, sha256, at) => {
      await pool.query(
        `INSERT INTO payment_files (insurer, file, sha256, sent_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [insurer, file, sha256, at],
      );
    },
    seen: async (insurer, sha256) => {
      const { rows } = await pool.query<SeenMessage>(
        `SELECT outcome, received_at AS "receivedAt" FROM bank_messages WHERE insurer = $1 AND sha256 = $2`,
        [insurer, sha256],
      );
      return rows[0];
    },
    took: async (insurer, sha256, outcome, at) => {
      await pool.query(
        `INSERT INTO bank_messages (insurer, sha256, received_at, outcome) VALUES ($1, $2, $3, $4)
         ON CONFLICT (insurer, sha256) DO UPDATE SET outcome = $4 WHERE bank_messages.outcome = 'waiting'`,
        [insurer, sha256, at, outcome],
      );
    },
    open: async (insurer, breaks, at) => {
      if (breaks.length === 0) return;
      await openBreaks(pool, insurer, breaks, at);
    },
    close: async (insurer, { kind, about, message }, at) => {
      const { rowCount } = await pool.query(
        `UPDATE breaks SET closed_at = $5 WHERE insurer = $1 AND kind = $2 AND about = $3 AND message = $4 AND closed_at IS NULL`,
        [insurer, kind, about ?? "", message ?? "", at],
      );
      return rowCount > 0;
    },
    list: async (insurer, which, limit) => {
      const { rows } = await pool.query<ListedBreak>(
        `SELECT ${columns}, opened_at AS "openedAt", closed_at AS "closedAt" FROM breaks
         WHERE insurer = $1 AND ($2 = 'all' OR closed_at IS NULL) ORDER BY opened_at, kind, about, message LIMIT $3`,
        [insurer, which, limit],
      );
      return rows;
    },
    openUnanswered: async (insurer, sentBefore, at) =>
      (await pool.query(insertUnanswered, [insurer, sentBefore, at])).rowCount,
    closeAnswered: async (insurer, at) => {
      for (let found = batch; found === batch; ) {
        // Two statements: as one, a planner that takes the list for short looks it up anew for each row of it.
        const { rows } = await pool.query<{ about: string }>(answered, [insurer]);
        found = rows.length;
        if (found > 0)
          await pool.query(closeAnswered, [insurer, rows.map(({ about }) => about), at]);
      }
    },
    freeze: (insurer, number, day, said, limit) =>
      // Of two that do so at once one loses, begins anew, and reads what the other made.
      transactionAgain(pool, async (on) => {
        const known = await read(on, insurer, number);
        if (known || !(await begin(on, insurer, number, day, said, limit))) return known;
        return read(on, insurer, number);
      }),
  };
}

async function read(
  on: Queryable,
  insurer: string,
  number: bigint,
): Promise<FrozenReconciliation | undefined> {
  const { rows } = await on.query<Pick<FrozenReconciliation, "day" | "payments" | "matched">>(
    `SELECT day, payments, matched FROM reconciliations WHERE insurer = $1 AND number = $2`,
    [insurer, number],
  );
  if (!rows[0]) return undefined;
  const [opened, closed] = await Promise.all([
    on.query<Break>(toldIn("opened"), [insurer, number]),
    on.query<Break>(toldIn("closed"), [insurer, number]),
  ]);
  return { number, ...rows[0], opened: opened.rows, closed: closed.rows };
}

const toldIn = (what: "opened" | "closed"): string =>
  `SELECT ${columns} FROM breaks WHERE insurer = $1 AND ${what}_in = $2 ORDER BY kind, about, message`;

/** Every break is told once as opened, and once, in that or a later one, as closed. */
const tell = (what: "opened" | "closed", untold: string): string =>
  `UPDATE breaks b SET ${what}_in = $2 FROM (
     SELECT kind, about, message FROM breaks WHERE insurer = $1 AND ${what}_in IS NULL AND ${untold}
     ORDER BY opened_at, kind, about, message LIMIT $3) AS untold
   WHERE b.insurer = $1 AND b.kind = untold.kind AND b.about = untold.about AND b.message = untold.message`;

const counts = `SELECT count(*) AS payments, count(*) FILTER (WHERE p.status <> 'released' AND NOT EXISTS (
    SELECT 1 FROM breaks b WHERE b.insurer = $1 AND b.about = p.stream AND b.closed_at IS NULL)) AS matched
  FROM payout p WHERE p.insurer = $1 AND p.status IN (${sentStatuses})`;

async function begin(
  on: Queryable,
  insurer: string,
  number: bigint,
  day: bigint,
  said: boolean,
  limit: number,
): Promise<boolean> {
  const opened = await on.query(tell("opened", "TRUE"), [insurer, number, limit]);
  const closed = await on.query(tell("closed", "closed_at IS NOT NULL AND opened_in IS NOT NULL"), [
    insurer,
    number,
    limit,
  ]);
  const told = opened.rowCount + closed.rowCount;
  if (told === 0 && said) return false;
  const { rows } = await on.query<{ payments: bigint; matched: bigint }>(counts, [insurer]);
  const { payments, matched } = rows[0] ?? { payments: 0n, matched: 0n };
  if (told === 0 && payments === 0n) return false;
  await on.query(
    `INSERT INTO reconciliations (insurer, number, day, payments, matched) VALUES ($1, $2, $3, $4, $5)`,
    [insurer, number, day, payments, matched],
  );
  return true;
}
