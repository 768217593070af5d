import type { Subject } from "../base/accumulator.ts";
import type { StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { StillOpen } from "../policy/erasure.ts";
import type { Draft } from "./drafts.ts";
import type { OrderRow } from "./release-orders.ts";

/** Somebody else's transaction won: nothing was written, start again from what is true now. */
export class LostRace extends Error {
  override readonly name = "LostRace";
}

/** The answer to COMMIT never came: the transaction happened or it did not. Read back before trying again. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
}

/** A stream's row: its last record, and its state as text. */
export interface StreamRow {
  readonly kind: StreamKind;
  readonly stream: Handle;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly ord: bigint;
  readonly status: string;
  /** Closed under the data key of `person`, if there is one; empty once it was erased. */
  readonly state: string;
  /** Whose data a policy, claim or payout is; null for all others. */
  readonly person: Handle | null;
  /** Claims only: who submitted it, and when, in µs, which never moves; null once it was erased. */
  readonly claimant?: Handle | null;
  readonly submittedAt?: bigint | null;
  /** Policies only: the first party that holds it; null once it was erased. */
  readonly holder?: Handle | null;
  /** Claims only: whose work it is, and by when it is to be decided; null where that is nobody, and where no clock runs. */
  readonly assignee?: Handle | null;
  readonly decideBy?: bigint | null;
  /**
   * Claims only: when the first statutory clock runs out, as far as the claim itself says (null: none runs; 0: to be looked at; before clocks are published the end of time);
   * which ran out before, and when that was last recorded; null: none.
   */
  readonly breachDue?: bigint | null;
  readonly breached?: string | null;
  readonly breachedAt?: bigint | null;
  /** Claims only: the version of the clocks that `decideBy` and `breachDue` go by; 0: none were published. */
  readonly datedBy?: bigint;
  /** Payouts only: the claim they pay. */
  readonly claim?: Handle;
  /** Payouts only: the payment file that carries it, and an instalment's day, in days since 1970. */
  readonly file?: Handle | null;
  readonly due?: bigint | null;
}

/** An accumulator's row. */
export interface AccumulatorRow {
  readonly subject: Subject;
  readonly version: bigint;
  readonly ord: bigint;
  readonly state: string;
  readonly person: Handle | null;
}

/** A record on its way into the ledger, with all leaf hashes of its sealed content and its ciphertexts. */
export interface OutboxRow {
  readonly eventId: string;
  readonly stream: Handle;
  readonly version: bigint;
  readonly ord: bigint;
  readonly leafHash: Uint8Array;
  readonly record: Uint8Array;
  /** Empty for public records. */
  readonly leaves: Uint8Array;
  readonly parts: readonly {
    readonly person: Handle;
    readonly class: string;
    readonly ciphertext: Uint8Array;
  }[];
  /** The W3C traceparent of the request that made it, if one did: beside the record, never in it, its leaf or what is published. */
  readonly traceparent?: string | undefined;
}

/** A reply kept under a caller's Idempotency-Key. */
export interface KeptReply {
  readonly fingerprint: Uint8Array;
  readonly status: number;
  readonly reply: Uint8Array;
}

/** When a claim is to be decided and a clock of it runs out, and by which clocks: what is looked for, of the claim as it stands. */
export type ClaimDates = Required<
  Pick<StreamRow, "stream" | "version" | "decideBy" | "breachDue" | "datedBy">
>;

/** One claim, or all of an insured person that are not over: what their clocks go by changed beside them. */
export type Undated = { readonly claim: Handle } | { readonly insured: Handle };

/** A row that no record tells of: an order to release payouts, the draft of a rule pack, the dates of a claim there is. */
export type PlainRow =
  | { readonly kind: "dates"; readonly row: ClaimDates }
  | { readonly kind: "order"; readonly row: OrderRow }
  | { readonly kind: "draft"; readonly row: Draft };

/** Everything one command transaction writes. `held` is the version that was read: the write happens only while it still is. */
export interface WriteSet {
  readonly streams: readonly (StreamRow & { readonly held: bigint })[];
  readonly accumulators: readonly (AccumulatorRow & { readonly held: bigint })[];
  readonly outbox: readonly OutboxRow[];
  /** One whose handle is there already is LostRace; so are dates of a claim that moved. */
  readonly plain?: readonly PlainRow[];
  /** Claims that jobs are to look at as soon as they may, after the rest was written. */
  readonly undated?: readonly Undated[];
  readonly kept?: KeptReply & {
    readonly caller: string;
    readonly key: string;
    readonly ord: bigint;
  };
}

/** One repeatable-read transaction on one insurer's rows. */
export interface StoreTransaction {
  streams(kind: StreamKind, streams: readonly Handle[]): Promise<readonly StreamRow[]>;
  insurer(): Promise<StreamRow | undefined>;
  accumulators(subjects: readonly Subject[]): Promise<readonly AccumulatorRow[]>;
  /** All payouts of a claim, oldest first: it has at most 1,000. */
  payoutsOf(claim: Handle): Promise<readonly Handle[]>;
  kept(caller: string, key: string): Promise<KeptReply | undefined>;
  /** What of the person is not over, at most 10 of it: claims neither closed nor withdrawn, policies in force, payouts under way. */
  openOf(person: Handle): Promise<readonly StillOpen[]>;
  write(set: WriteSet): Promise<void>;
}

/** What {@link Store.read} sees: one snapshot of one insurer's rows. */
export type StoreReading = Pick<StoreTransaction, "streams" | "insurer" | "accumulators">;

/** A committed record: its index once the sequencer has placed it. */
export interface StoredRecord {
  readonly stream: Handle;
  readonly version: bigint;
  readonly leafHash: Uint8Array;
  readonly record: Uint8Array;
  readonly index: bigint | null;
}

/** One ciphertext of a record. */
export interface SealedPart {
  readonly person: Handle;
  readonly class: string;
  readonly ciphertext: Uint8Array;
}

/** A claim's place in a list of somebody's own. */
export interface ListedClaim {
  readonly claim: Handle;
  readonly submittedAt: bigint;
}

/** Where commands read and write. Throws LostRace, OutcomeUnknown or Unavailable; a transaction that throws has written nothing. */
export interface Store {
  /** One attempt, no retries. */
  transaction<T>(insurer: string, body: (on: StoreTransaction) => Promise<T>): Promise<T>;
  /** Reads, outside a command. Begun anew where the database broke it off; never LostRace. Throws Unavailable. */
  read<T>(insurer: string, body: (on: StoreReading) => Promise<T>): Promise<T>;
  /** Streams of a kind that stand in `status`, oldest event first, after the first `skip` (0). */
  waiting(
    insurer: string,
    kind: "claim" | "payout",
    status: string,
    limit: number,
    skip?: number,
  ): Promise<readonly Handle[]>;
  /** Claims that stand in `status` whose handle comes after `after`, by handle: pages of an order that no decision changes. */
  claimsAfter(
    insurer: string,
    status: string,
    after: Handle | "",
    limit: number,
  ): Promise<readonly Handle[]>;
  /** Claims a clock of which runs out before `before`, the earliest first, after the first `skip` (0). */
  clocksOut(
    insurer: string,
    before: Instant,
    limit: number,
    skip?: number,
  ): Promise<readonly Handle[]>;
  /** Claims in one of `statuses`, or a clock of which runs, that are dated by other clocks than those of version `clocks` and come after `after`, by handle, at most `limit`. */
  datedOtherwise(
    insurer: string,
    statuses: readonly string[],
    clocks: bigint,
    after: Handle | "",
    limit: number,
  ): Promise<readonly Handle[]>;
  /** How many claims stand in `status`. */
  claimsIn(insurer: string, status: string): Promise<number>;
  /** Claims that `person` submitted or is insured by, newest notice first, the latter of two handles first; after `before` in that order. */
  ownClaims(
    insurer: string,
    person: Handle,
    status: string | undefined,
    before: ListedClaim | undefined,
    limit: number,
  ): Promise<readonly ListedClaim[]>;
  /** Policies that `person` holds or is insured by, by handle, after `after`. */
  ownPolicies(
    insurer: string,
    person: Handle,
    after: Handle | "",
    limit: number,
  ): Promise<readonly Handle[]>;
  /** All payouts of a claim, oldest first: it has at most 1,000. */
  payoutsOf(insurer: string, claim: Handle): Promise<readonly Handle[]>;
  /** The payouts of a payment file, by handle. */
  payoutsIn(insurer: string, file: Handle): Promise<readonly Handle[]>;
  /** Instalments that wait for their day and are due by `day`, the earliest first, at most `limit` after the first `skip` (0). */
  dueBy(insurer: string, day: bigint, limit: number, skip?: number): Promise<readonly Handle[]>;
  /** Held payouts whose last record, a screening, is of before `before`, oldest first, at most `limit` after the first `skip` (0). */
  heldBefore(
    insurer: string,
    before: Instant,
    limit: number,
    skip?: number,
  ): Promise<readonly Handle[]>;
  /** A stream's records, oldest first, from `version` on, at most 1,000. */
  records(insurer: string, stream: Handle): Promise<readonly StoredRecord[]>;
  /** One record with its sealed parts by leaf hash; undefined if no insurer has it. */
  recordByLeaf(
    leafHash: Uint8Array,
  ): Promise<(StoredRecord & { readonly insurer: string }) | undefined>;
  /** All leaf hashes of one record's sealed tree, in order; none for a public record. */
  leaves(insurer: string, stream: Handle, version: bigint): Promise<readonly Uint8Array[]>;
  /** The ciphertexts of one record. */
  parts(insurer: string, stream: Handle, version: bigint): Promise<readonly SealedPart[]>;
  insurers(): Promise<readonly string[]>;
  /** The streams of an insurer's packs, oldest first. */
  packs(insurer: string): Promise<readonly Handle[]>;
  /** Whether the record with this event id was committed: it waits in the outbox or stands in the ledger. */
  committed(insurer: string, eventId: string): Promise<boolean>;
}
