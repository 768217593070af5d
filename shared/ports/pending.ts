import type { PendingRecord } from "./ledger.ts";

/** The outbox as an engine outside the database sees it. Throws Unavailable. */
export interface PendingRecords {
  /** The first waiting records of `log` by (ord, eventId), at most `max`. */
  first(log: string, max: number): Promise<readonly PendingRecord[]>;
  /** Forgets these records; those already gone are fine. Called only once the ledger holds them durably. */
  clear(log: string, eventIds: readonly string[]): Promise<void>;
}
