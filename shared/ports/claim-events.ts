import type { RecordType } from "../record/types.ts";

/** What subscribers are told of one record of a claim, payout or policy, once it is published (docs/spec/claim-event.md). Nothing of it is about a person. */
export interface ClaimEvent {
  readonly event: "claim-event/v1";
  readonly origin: string;
  /** Its place in the log, decimal. */
  readonly index: string;
  readonly type: RecordType;
  /** The handle of the claim, payout or policy. */
  readonly stream: string;
  /** Its place in the stream, decimal, from 1. */
  readonly version: string;
  /** The record's leaf hash, hex: by it a receipt is asked for, and a trace followed. */
  readonly record: string;
  /** RFC 3339 UTC to the minute, as the record states it. */
  readonly time: string;
}

/** Where events go that others subscribe to. */
export interface ClaimEvents {
  /** Resolves when each was taken at least once, in any order. Throws Unavailable where that can't be said of all; then the same call again is safe. */
  put(events: readonly ClaimEvent[]): Promise<void>;
}
