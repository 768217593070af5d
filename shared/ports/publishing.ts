/**
 * The committed entries of a log, as whoever publishes or proves them reads them: from index `start` (included) to `end` (excluded), in
 * index order; fewer where the log ends or rows are missing, so whoever reads compares the count. Throws Unavailable.
 */
export interface CommittedEntries {
  leafHashes(log: string, start: bigint, end: bigint): Promise<readonly Uint8Array[]>;
  records(log: string, start: bigint, end: bigint): Promise<readonly Uint8Array[]>;
}
