import type { ListedBreak } from "../../../shared/ports/bank-rows.ts";
import type { Desk, ListedPayout, QueuedClaim } from "../../../shared/ports/desk.ts";
import type { OrderRow } from "../../../shared/ports/release-orders.ts";
import type { Pool } from "./pool.ts";

const row = `stream, version, leaf_hash AS "leafHash", ord, status, state, person`;
const claimRow = `'claim' AS kind, ${row}, assignee, decide_by AS "decideBy",
  breached, breached_at AS "breachedAt"`;
const payoutRow = `'payout' AS kind, ${row}, claim, file, due`;

/** Rows of each status by its index, merged: every one gives at most a page. */
const byLastAct = (columns: string, table: string, also: string): string =>
  `SELECT found.* FROM unnest($2::text[]) AS wanted (status) CROSS JOIN LATERAL (
     SELECT ${columns} FROM ${table} WHERE insurer = $1 AND status = wanted.status
       AND (ord, stream) > ($3, $4) ${also} ORDER BY ord, stream LIMIT $5) AS found
   ORDER BY found.ord, found.stream LIMIT $5`;

const claimsByLastAct = byLastAct(claimRow, "claim", "");
const unassigned = byLastAct(claimRow, "claim", "AND assignee IS NULL");
const payoutsByLastAct = byLastAct(payoutRow, "payout", "");
const assigned = `SELECT ${claimRow} FROM claim WHERE insurer = $1 AND status = ANY($2::text[])
    AND (ord, stream) > ($3, $4) AND assignee = $6 ORDER BY ord, stream LIMIT $5`;
const byDecideBy = `SELECT ${claimRow} FROM claim WHERE insurer = $1 AND status = ANY($2::text[])
    AND (decide_by, stream) > ($3, $4) AND decide_by < $6
    AND ($7::text IS NULL OR COALESCE(assignee, 'none') = $7) ORDER BY decide_by, stream LIMIT $5`;
/** The clocks' names have no space, and none is part of another. */
const byBreach = `SELECT ${claimRow} FROM claim WHERE insurer = $1 AND status = ANY($2::text[])
    AND (breached_at, stream) > ($3, $4) AND ($6 = 'any' OR breached LIKE '%' || $6 || '%')
    AND ($7::text IS NULL OR COALESCE(assignee, 'none') = $7) AND ($8::bigint IS NULL OR decide_by < $8)
  ORDER BY breached_at, stream LIMIT $5`;
const byHandle = `SELECT ${claimRow} FROM claim WHERE insurer = $1 AND stream >= $2 AND stream < $3
    AND stream > $4 ORDER BY stream LIMIT $5`;

const ordersByWindow = `SELECT file, person, content, opens_at AS "opensAt" FROM release_orders
  WHERE insurer = $1 AND state = $2 AND (opens_at, file) > ($3, $4) ORDER BY opens_at, file LIMIT $5`;
const breakName = `kind || ' ' || about || ' ' || message`;
const breaksByAge = `SELECT kind, NULLIF(about, '') AS about, NULLIF(message, '') AS message,
    opened_at AS "openedAt", closed_at AS "closedAt" FROM breaks
  WHERE insurer = $1 AND ($2 = 'all' OR closed_at IS NULL) AND (opened_at, ${breakName}) > ($3, $4)
  ORDER BY opened_at, ${breakName} LIMIT $5`;
type Reconciled = Awaited<ReturnType<Desk["reconciliations"]>>[number];

/** The lists an insurer's people work from, as role `countersign_app`. */
export const postgresDesk = (pool: Pool): Desk => ({
  claims: async (insurer, { statuses, assignee, decideBefore, breach }, after, limit) => {
    const from = [after?.value ?? -1n, after?.stream ?? ""];
    const asked = [insurer, statuses, ...from, limit];
    if (breach !== undefined) {
      const values = [...asked, breach, assignee ?? null, decideBefore ?? null];
      return (await pool.query<QueuedClaim>(byBreach, values)).rows;
    }
    if (decideBefore !== undefined) {
      const values = [...asked, decideBefore, assignee ?? null];
      return (await pool.query<QueuedClaim>(byDecideBy, values)).rows;
    }
    if (assignee === undefined) return (await pool.query<QueuedClaim>(claimsByLastAct, asked)).rows;
    if (assignee === "none") return (await pool.query<QueuedClaim>(unassigned, asked)).rows;
    return (await pool.query<QueuedClaim>(assigned, [...asked, assignee])).rows;
  },
  claimsLike: async (insurer, prefix, after, limit) => {
    const values = [insurer, prefix, `${prefix}g`, after ?? "", limit];
    return (await pool.query<QueuedClaim>(byHandle, values)).rows;
  },
  payouts: async (insurer, statuses, after, limit) => {
    const values = [insurer, statuses, after?.value ?? -1n, after?.stream ?? "", limit];
    return (await pool.query<ListedPayout>(payoutsByLastAct, values)).rows;
  },
  orders: async (insurer, state, after, limit) => {
    const values = [insurer, state, after?.value ?? -1n, after?.stream ?? "", limit];
    return (await pool.query<OrderRow>(ordersByWindow, values)).rows;
  },
  breaks: async (insurer, which, after, limit) => {
    const values = [insurer, which, after?.value ?? -1n, after?.stream ?? "", limit];
    return (await pool.query<ListedBreak>(breaksByAge, values)).rows;
  },
  reconciliations: async (insurer, before, limit) => {
    const { rows } = await pool.query<Reconciled>(
      `SELECT number, day, payments, matched FROM reconciliations
       WHERE insurer = $1 AND ($2::bigint IS NULL OR number < $2) ORDER BY number DESC LIMIT $3`,
      [insurer, before ?? null, limit],
    );
    return rows;
  },
  isStaff: async (insurer, person, role) => {
    const { rowCount } = await pool.query(
      `SELECT 1 FROM principal WHERE insurer = $1 AND person = $2 AND role = $3 LIMIT 1`,
      [insurer, person, role],
    );
    return rowCount > 0;
  },
});
