import type { PendingRecord, Placed } from "./ledger.ts";

/** Where a QLDB ledger keeps a record: the block's sequence number and the document's id. */
export interface RevisionPlace {
  readonly sequenceNo: bigint;
  readonly documentId: string;
}

/** A record that an engine outside the database has placed, and where. */
export type PlacedRevision = Placed & RevisionPlace;

/** The outbox as an engine outside the database sees it, and what was placed from it. Throws Unavailable. */
export interface PendingRecords {
  /** How many records of `log` were placed: the position of the next one. */
  placedCount(log: string): Promise<bigint>;
  /** The first waiting records of `log` by (ord, eventId), at most `max`, each with the trace of the request that made it, where one did. */
  first(log: string, max: number): Promise<readonly (PendingRecord & Pick<Placed, "traceId">)[]>;
  /**
   * Takes these records out of the outbox to their positions, which follow `count` without a gap. Called only once the ledger holds them durably. Throws
   * LostRace and changes nothing where another caller moved on from `count`.
   */
  place(log: string, count: bigint, placed: readonly PlacedRevision[]): Promise<void>;
  /** How many of these records of `log` wait. */
  waiting(log: string, eventIds: readonly string[]): Promise<number>;
  /** How many records of `log` were placed in the ledger's first `blocks` blocks: all at lower positions than any other. */
  placedWithin(log: string, blocks: bigint): Promise<bigint>;
  /** Where the record with this leaf hash was placed; undefined if it was not. */
  find(log: string, leafHash: Uint8Array): Promise<PlacedRevision | undefined>;
}
