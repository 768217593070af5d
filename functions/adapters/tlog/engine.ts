import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../../shared/base/instant.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { leafHash } from "../../../shared/log/hash.ts";
import { consistencyFromTiles, inclusionFromTiles } from "../../../shared/log/tile-reader.ts";
import type { LedgerEngine, Placed } from "../../../shared/ports/ledger.ts";
import { LostRace } from "../../../shared/ports/store.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { verifyInclusion } from "../../../shared/proof/inclusion.ts";
import { indexOfLeaf } from "../postgres/entry.ts";
import { committedHead, waitingSize } from "../postgres/head.ts";
import type { Pool } from "../postgres/pool.ts";
import { committedEntries } from "../postgres/publishing.ts";
import { isLostRace } from "../postgres/translate.ts";
import { committedTiles } from "./committed-tiles.ts";
import { extendTree } from "./extend-tree.ts";
import { placeBatch } from "./place-batch.ts";

/** What the engine is made of: a pool as role sequencer (or publisher, if nobody calls `sequence`), and the time in µs. */
export interface TlogEngineParts {
  readonly pool: Pool;
  readonly clock: () => Instant;
}

const maxAttempts = 30;
const firstPauseMs = 2;
const longestPauseMs = 100;

/**
 * The ledger port on PostgreSQL or Aurora DSQL: an RFC 6962 tree per log. Correctness comes from the swap of the head and the keys of the tables,
 * never from who runs where. Digests and proofs are functions of committed rows; every proof is checked before it is given out.
 */
export function tlogEngine({ pool, clock }: TlogEngineParts): LedgerEngine {
  const tilesOf = committedTiles(committedEntries(pool));
  return {
    kind: "tlog",
    sequence: (log) => sequence(pool, clock, log),
    digest: (log) => committedHead(pool, log),
    extension: async (log, from, to) => {
      if (from.size === 0n || from.size >= to.size) return { to, evidence: [] };
      const found = await unlessMalformed(() => consistencyFromTiles(from.size, to, tilesOf(log)));
      return { to, evidence: found?.proof ?? [] };
    },
    prove: async (log, leaf, digest) => {
      const position = await indexOfLeaf(pool, log, leaf, digest.size);
      if (position === undefined) return undefined;
      const found = await unlessMalformed(() => inclusionFromTiles(digest, position, tilesOf(log)));
      return found && { position, hashes: found.proof };
    },
    extend: extendTree,
    verify: (record, proof, { size, root }) =>
      verifyInclusion({
        leafHash: leafHash(record),
        index: proof.position,
        size,
        proof: proof.hashes,
        root,
      }),
  };
}

/** Places one batch, starting again as long as others win; a race lost too often in a row is Unavailable. */
async function sequence(pool: Pool, clock: () => Instant, log: string): Promise<readonly Placed[]> {
  for (let attempt = 1; ; attempt++) {
    const size = await waitingSize(pool, log);
    if (size === undefined) return [];
    try {
      const placed = await placeBatch(pool, log, size, clock());
      if (placed !== undefined && placed.length > 0) return placed;
    } catch (error) {
      if (!(error instanceof LostRace) && !isLostRace(error)) throw error;
      if (attempt === maxAttempts) {
        throw new Unavailable("database", "other sequencers keep winning", { cause: error });
      }
    }
    await sleep(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt));
  }
}

/** What `find` proves; undefined when the committed rows do not lead to the digest it was asked for. */
async function unlessMalformed<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
