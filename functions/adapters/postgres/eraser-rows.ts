import { type Cover, coverSchema } from "../../../shared/policy/erasure-forms.ts";
import type { ErasedPerson, EraserRows } from "../../../shared/ports/erasure.ts";
import type { Pool } from "./pool.ts";

/** Rows one statement changes at most: below DSQL's 3,000 a transaction. */
const batch = 1_000;

const aboutPerson = `EXISTS (
  SELECT 1 FROM policy AS s WHERE s.insurer = p.insurer AND s.stream = p.stream AND s.person = p.person
  UNION ALL SELECT 1 FROM claim AS s WHERE s.insurer = p.insurer AND s.stream = p.stream AND s.person = p.person
  UNION ALL SELECT 1 FROM payout AS s WHERE s.insurer = p.insurer AND s.stream = p.stream AND s.person = p.person
  UNION ALL SELECT 1 FROM document AS s WHERE s.insurer = p.insurer AND s.stream = p.stream AND s.person = p.person)`;
const ofPerson = `p.insurer = $1 AND p.person = $2 AND p.class = ANY($3::text[])`;

const subjects = `SELECT p.stream, max(p.version)::text AS version, 'subject' AS "as" FROM sealed_part AS p
  WHERE ${ofPerson} AND ${aboutPerson} GROUP BY p.stream ORDER BY p.stream LIMIT $4`;
const actors = `SELECT p.stream, p.version::text AS version, 'actor' AS "as" FROM sealed_part AS p
  WHERE ${ofPerson} AND NOT ${aboutPerson} GROUP BY p.stream, p.version ORDER BY p.stream, p.version LIMIT $4`;

const blank = {
  policy: blankOf("policy", "stream", "status = 'erased', holder = NULL, "),
  claim: blankOf(
    "claim",
    "stream",
    "status = 'erased', claimant = NULL, submitted_at = NULL, assignee = NULL, breach_due = NULL, breached = NULL, breached_at = NULL, ",
  ),
  payout: blankOf("payout", "stream", "status = 'erased', "),
  document: blankOf("document", "stream", "status = 'erased', "),
  accumulator: blankOf("accumulator", "subject", ""),
};
function blankOf(table: string, key: string, more: string): string {
  return `UPDATE ${table} SET ${more}state = '' WHERE insurer = $1 AND ${key} IN (
    SELECT ${key} FROM ${table} WHERE insurer = $1 AND person = $2 AND state <> '' LIMIT ${batch})`;
}

const over = `SELECT person, max(ord) AS "closedAt" FROM (
    SELECT person, ord, status, status IN ('closed', 'withdrawn', 'erased') AS over FROM claim WHERE insurer = $1 AND person > $2
    UNION ALL SELECT person, ord, status, status IN ('cancelled', 'erased') FROM policy WHERE insurer = $1 AND person > $2
    UNION ALL SELECT person, ord, status, status IN ('settled', 'rejected', 'returned', 'recalled', 'stopped', 'voided', 'erased')
      FROM payout WHERE insurer = $1 AND person > $2
    UNION ALL SELECT person, ord, status, TRUE FROM document WHERE insurer = $1 AND person > $2) AS things
  WHERE EXISTS (SELECT 1 FROM sealed_part AS p WHERE p.insurer = $1 AND p.person = things.person)
  GROUP BY person HAVING bool_and(over) AND max(ord) <= CASE WHEN bool_and(status = 'erased') THEN $5::bigint ELSE $4::bigint END
  ORDER BY person LIMIT $3`;

const claims = `SELECT stream FROM claim WHERE insurer = $1 AND person = $2 AND stream > $3 ORDER BY stream LIMIT $4`;
const erasedSince = `SELECT c.stream FROM person AS p JOIN claim AS c ON c.insurer = p.insurer AND c.person = p.stream
  WHERE p.insurer = $1 AND p.ord >= $2 AND c.status = 'erased' AND c.stream > $3 ORDER BY c.stream LIMIT $4`;

const approved = `SELECT stream AS person FROM person WHERE insurer = $1 AND status = 'approved' ORDER BY ord LIMIT $2`;

/** The eraser's rows over PostgreSQL as role `countersign_eraser`. */
export function eraserRows(pool: Pool): EraserRows {
  const untilNone = async (statement: string, values: readonly unknown[]): Promise<void> => {
    while ((await pool.query(statement, values)).rowCount >= batch);
  };
  const streams = async (statement: string, values: readonly unknown[]): Promise<string[]> => {
    const { rows } = await pool.query<{ stream: string }>(statement, values);
    return rows.map(({ stream }) => stream);
  };
  return {
    covers: async ({ insurer, person, classes }, limit) => {
      const read = async (statement: string, most: number): Promise<Cover[]> => {
        const { rows } = await pool.query(statement, [insurer, person, classes, most]);
        return rows.map((row) => coverSchema.parse(row));
      };
      const about = await read(subjects, limit);
      return about.length < limit
        ? [...about, ...(await read(actors, limit - about.length))]
        : about;
    },
    deleteParts: async ({ insurer, person, classes }, covers) => {
      for (let from = 0; from < covers.length; from += 20) {
        const some = covers.slice(from, from + 20);
        await pool.query(
          `DELETE FROM sealed_part AS p USING unnest($4::text[], $5::bigint[]) AS c (stream, version)
           WHERE ${ofPerson} AND p.stream = c.stream AND p.version <= c.version`,
          [
            insurer,
            person,
            classes,
            some.map(({ stream }) => stream),
            some.map(({ version }) => version),
          ],
        );
      }
    },
    blankState: async ({ insurer, person, classes }: ErasedPerson) => {
      const values = [insurer, person];
      if (classes.includes("identity-and-health")) {
        for (const table of ["policy", "claim", "payout", "document"] as const) {
          await untilNone(blank[table], values);
        }
      }
      if (classes.includes("financial")) await untilNone(blank.accumulator, values);
    },
    deleteReplies: async ({ insurer, person }) => {
      await untilNone(
        `DELETE FROM idempotency WHERE caller = $1 AND idempotency_key IN (
           SELECT idempotency_key FROM idempotency WHERE caller = $1 LIMIT ${batch})`,
        [`${insurer}/${person}`],
      );
    },
    forgetPrincipal: async ({ insurer, person }) => {
      await pool.query("DELETE FROM principal WHERE insurer = $1 AND person = $2", [
        insurer,
        person,
      ]);
    },
    over: async (insurer, { wholeBy, moneyBy }, after, limit) => {
      const { rows } = await pool.query<{ person: string; closedAt: bigint }>(over, [
        insurer,
        after,
        limit,
        wholeBy,
        moneyBy,
      ]);
      return rows;
    },
    claims: (insurer, person, after, limit) => streams(claims, [insurer, person, after, limit]),
    erasedSince: (insurer, since, after, limit) =>
      streams(erasedSince, [insurer, since, after, limit]),
    approved: async (insurer, limit) => {
      const { rows } = await pool.query<{ person: string }>(approved, [insurer, limit]);
      return rows.map(({ person }) => person);
    },
  };
}
