import type { SealedPart } from "./store.ts";

/** What an entry's record seals, as the database has it: an erased part is not among `parts`. */
export interface SealedEntry {
  readonly index: bigint;
  readonly stream: string;
  readonly version: bigint;
  /** All leaf hashes of its sealed tree, one after another; empty for a public record. */
  readonly leaves: Uint8Array;
  readonly parts: readonly SealedPart[];
}

/** The W3C traces of the requests that made some entries: the first {@link mostTraces} ids in the order of the entries, each once, and how many there are. */
export interface Traces {
  readonly traceIds: readonly string[];
  readonly traces: number;
}

/** Ids in one {@link Traces}. */
export const mostTraces = 20;

/**
 * The committed entries of a log, as whoever publishes or proves them reads them: from index `start` (included) to `end` (excluded), in
 * index order; fewer where the log ends or rows are missing, so whoever reads compares the count. Throws Unavailable.
 */
export interface CommittedEntries {
  leafHashes(log: string, start: bigint, end: bigint): Promise<readonly Uint8Array[]>;
  records(log: string, start: bigint, end: bigint): Promise<readonly Uint8Array[]>;
  sealed(log: string, start: bigint, end: bigint): Promise<readonly SealedEntry[]>;
  /** Of the requests that made them, as far as the database knows: one that was rebuilt from published files does not. */
  traces(log: string, start: bigint, end: bigint): Promise<Traces>;
}
