import type { Instant } from "../../../shared/base/instant.ts";
import {
  type Frontier,
  formatFrontier,
  parseFrontier,
  rootOf,
} from "../../../shared/log/frontier.ts";
import type { LedgerDigest } from "../../../shared/ports/ledger.ts";
import { LostRace } from "../../../shared/ports/store.ts";
import type { Queryable } from "./pool.ts";

/** The size of a log whose outbox holds something; undefined when nothing waits. Role sequencer. */
export async function waitingSize(on: Queryable, insurer: string): Promise<bigint | undefined> {
  const { rows } = await on.query<{ size: bigint }>(
    `SELECT size FROM head
     WHERE insurer = $1 AND EXISTS (SELECT 1 FROM outbox WHERE insurer = $1)`,
    [insurer],
  );
  return rows[0]?.size;
}

/** The newest committed tree head; undefined while the log is empty or unknown. */
export async function committedHead(
  on: Queryable,
  insurer: string,
): Promise<LedgerDigest | undefined> {
  const { rows } = await on.query<LedgerDigest>(
    `SELECT size, root FROM head WHERE insurer = $1 AND size > 0`,
    [insurer],
  );
  return rows[0];
}

/**
 * The first statement of a sequencing transaction: it fixes the snapshot, holds the row against every other sequencer, and gives the frontier
 * of the tree of `size`. Throws LostRace when the log has moved on.
 */
export async function claimHead(
  on: Queryable,
  insurer: string,
  size: bigint,
  at: Instant,
): Promise<Frontier> {
  const { rows } = await on.query<{ frontier: Uint8Array }>(
    `UPDATE head SET claimed_at = $3 WHERE insurer = $1 AND size = $2 RETURNING frontier`,
    [insurer, size, at],
  );
  if (rows[0] === undefined) throw new LostRace("another sequencer moved the head");
  return parseFrontier(size, rows[0].frontier);
}

/** The last statements: the checkpoint row of the grown tree, and the head from `size` to it. Throws LostRace. */
export async function moveHead(
  on: Queryable,
  insurer: string,
  size: bigint,
  grown: Frontier,
  at: Instant,
): Promise<void> {
  const root = rootOf(grown);
  await on.query(
    `INSERT INTO checkpoint (insurer, size, root, committed_at) VALUES ($1, $2, $3, $4)`,
    [insurer, grown.size, root, at],
  );
  const { rowCount } = await on.query(
    `UPDATE head SET size = $3, frontier = $4, root = $5 WHERE insurer = $1 AND size = $2`,
    [insurer, size, grown.size, formatFrontier(grown), root],
  );
  if (rowCount !== 1) throw new LostRace("another sequencer moved the head");
}
