import { toHex } from "../../../shared/base/bytes.ts";
import { parseTile } from "../../../shared/log/tile.ts";
import { mostPayouts } from "../../../shared/payout/state.ts";
import type { ListedClaim, SealedPart, Store, StoredRecord } from "../../../shared/ports/store.ts";
import type { Pool } from "./pool.ts";

type Reading = Omit<Store, "transaction" | "read" | "committed">;
interface NamedRow {
  readonly stream: string;
}

const waitingOf = {
  claim: `SELECT stream FROM claim WHERE insurer = $1 AND status = $2 ORDER BY ord LIMIT $3 OFFSET $4`,
  payout: `SELECT stream FROM payout WHERE insurer = $1 AND status = $2 ORDER BY ord LIMIT $3 OFFSET $4`,
};
/** Later than any notice: before it lies all of a list. */
const endOfTime = 9_223_372_036_854_775_807n;
const ownClaims = (column: "claimant" | "person"): string =>
  `SELECT stream, submitted_at FROM claim WHERE insurer = $1 AND ${column} = $2 AND status <> 'erased'
     AND ($3::text IS NULL OR status = $3) AND (submitted_at < $4 OR (submitted_at = $4 AND stream < $5))
   ORDER BY submitted_at DESC, stream DESC LIMIT $6`;
const selectOwnClaims = `SELECT stream AS claim, submitted_at AS "submittedAt"
  FROM ((${ownClaims("claimant")}) UNION (${ownClaims("person")})) AS own ORDER BY submitted_at DESC, stream DESC LIMIT $6`;
const ownPolicies = (column: "holder" | "person"): string =>
  `SELECT stream FROM policy WHERE insurer = $1 AND ${column} = $2 AND status <> 'erased' AND stream > $3`;
const selectOwnPolicies = `${ownPolicies("holder")} UNION ${ownPolicies("person")} ORDER BY stream LIMIT $4`;

const recordColumns = `stream, version, leaf_hash AS "leafHash", record`;
const recordsPage = 1_000;
const selectRecords = `SELECT ${recordColumns}, idx AS "index" FROM entry WHERE insurer = $1 AND stream = $2 AND version > $3
  UNION ALL
  SELECT ${recordColumns}, NULL FROM outbox WHERE insurer = $1 AND stream = $2 AND version > $3
  ORDER BY version LIMIT ${recordsPage}`;

/** The payouts of a claim, oldest first: all there can be. */
export async function payoutsOf(
  on: Pick<Pool, "query">,
  insurer: string,
  claim: string,
): Promise<readonly string[]> {
  const { rows } = await on.query<NamedRow>(
    `SELECT stream FROM payout WHERE insurer = $1 AND claim = $2 ORDER BY ord LIMIT $3`,
    [insurer, claim, mostPayouts],
  );
  return rows.map(({ stream }) => stream);
}

/** What commands and readers ask outside a command transaction. */
export const storeQueries = (pool: Pool): Reading => ({
  waiting: async (insurer, kind, status, limit, skip = 0) => {
    const { rows } = await pool.query<NamedRow>(waitingOf[kind], [insurer, status, limit, skip]);
    return rows.map(({ stream }) => stream);
  },
  claimsAfter: async (insurer, status, after, limit) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM claim WHERE insurer = $1 AND status = $2 AND stream > $3
       ORDER BY stream LIMIT $4`,
      [insurer, status, after, limit],
    );
    return rows.map(({ stream }) => stream);
  },
  datedOtherwise: async (insurer, statuses, clocks, after, limit) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM claim WHERE insurer = $1 AND COALESCE(dated_by, 0) <> $3
         AND (status = ANY($2::text[]) OR breach_due IS NOT NULL) AND stream > $4 ORDER BY stream LIMIT $5`,
      [insurer, statuses, clocks, after, limit],
    );
    return rows.map(({ stream }) => stream);
  },
  clocksOut: async (insurer, before, limit, skip = 0) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM claim WHERE insurer = $1 AND breach_due < $2
       ORDER BY breach_due, stream LIMIT $3 OFFSET $4`,
      [insurer, before, limit, skip],
    );
    return rows.map(({ stream }) => stream);
  },
  claimsIn: async (insurer, status) => {
    const { rows } = await pool.query<{ count: bigint }>(
      `SELECT count(*) FROM claim WHERE insurer = $1 AND status = $2`,
      [insurer, status],
    );
    return Number(rows[0]?.count ?? 0n);
  },
  ownClaims: async (insurer, person, status, before, limit) => {
    const { claim, submittedAt } = before ?? { claim: "", submittedAt: endOfTime };
    const values = [insurer, person, status ?? null, submittedAt, claim, limit];
    const { rows } = await pool.query<ListedClaim>(selectOwnClaims, values);
    return rows;
  },
  ownPolicies: async (insurer, person, after, limit) => {
    const { rows } = await pool.query<NamedRow>(selectOwnPolicies, [insurer, person, after, limit]);
    return rows.map(({ stream }) => stream);
  },
  payoutsOf: (insurer, claim) => payoutsOf(pool, insurer, claim),
  payoutsIn: async (insurer, file) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM payout WHERE insurer = $1 AND file = $2 ORDER BY stream LIMIT 1000`,
      [insurer, file],
    );
    return rows.map(({ stream }) => stream);
  },
  dueBy: async (insurer, day, limit, skip = 0) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM payout WHERE insurer = $1 AND status = 'scheduled' AND due <= $2
       ORDER BY due, stream LIMIT $3 OFFSET $4`,
      [insurer, day, limit, skip],
    );
    return rows.map(({ stream }) => stream);
  },
  heldBefore: async (insurer, before, limit, skip = 0) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM payout WHERE insurer = $1 AND status = 'held' AND ord < $2
       ORDER BY ord, stream LIMIT $3 OFFSET $4`,
      [insurer, before, limit, skip],
    );
    return rows.map(({ stream }) => stream);
  },
  records: async (insurer, stream) => {
    const all: StoredRecord[] = [];
    for (let page: readonly StoredRecord[]; ; ) {
      const after = all.at(-1)?.version ?? 0n;
      ({ rows: page } = await pool.query<StoredRecord>(selectRecords, [insurer, stream, after]));
      all.push(...page);
      if (page.length < recordsPage) return all;
    }
  },
  recordByLeaf: async (leafHash) => {
    const { rows } = await pool.query<StoredRecord & { insurer: string }>(
      `SELECT insurer, ${recordColumns}, idx AS "index" FROM entry WHERE encode(leaf_hash, 'hex') = $1
       UNION ALL
       SELECT insurer, ${recordColumns}, NULL FROM outbox WHERE encode(leaf_hash, 'hex') = $1
       LIMIT 1`,
      [toHex(leafHash)],
    );
    return rows[0];
  },
  leaves: async (insurer, stream, version) => {
    const { rows } = await pool.query<{ leaves: Uint8Array }>(
      `SELECT leaves FROM sealed_leaves WHERE insurer = $1 AND stream = $2 AND version = $3`,
      [insurer, stream, version],
    );
    return rows.flatMap(({ leaves }) => parseTile(leaves, leaves.length / 32));
  },
  parts: async (insurer, stream, version) => {
    const { rows } = await pool.query<SealedPart>(
      `SELECT person, class, ciphertext FROM sealed_part
       WHERE insurer = $1 AND stream = $2 AND version = $3 ORDER BY person, class`,
      [insurer, stream, version],
    );
    return rows;
  },
  packs: async (insurer) => {
    const { rows } = await pool.query<NamedRow>(
      `SELECT stream FROM pack WHERE insurer = $1 ORDER BY ord LIMIT 1000`,
      [insurer],
    );
    return rows.map(({ stream }) => stream);
  },
  insurers: async () => {
    const { rows } = await pool.query<{ insurer: string }>(
      `SELECT insurer FROM insurer ORDER BY insurer`,
    );
    return rows.map(({ insurer }) => insurer);
  },
});
