/** One record that waits in the outbox: canonical bytes, their leaf hash, and where they belong in their stream. */
export interface PendingRecord {
  readonly eventId: string;
  readonly stream: string;
  readonly version: bigint;
  readonly ord: bigint;
  readonly leafHash: Uint8Array;
  readonly record: Uint8Array;
}

/** What an engine signs: for tlog size and RFC 6962 root, for qldb blocks (tip + 1) and journal digest. */
export interface LedgerDigest {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** What the gate keeps of the digest it signed last, and goes on from: the ledger's word for what it signed is never asked. */
export interface LedgerState extends LedgerDigest {
  /** Hashes of the engine's own form, at most 64; [] for an engine whose evidence starts from a root, and at size 0. */
  readonly frontier: readonly Uint8Array[];
}

/** A record with the place the engine gave it: the leaf index, or the QLDB block's sequence number. */
export interface Placed {
  readonly eventId: string;
  readonly position: bigint;
  /** The W3C trace of the request that made it, where one did and the engine knows. */
  readonly traceId?: string | null;
}

/** What the signing gate needs to see that a digest extends what it last signed; its form is the engine's own. */
export type Evidence = readonly Uint8Array[];

/** A digest the gate may go on to, and what shows it. */
export interface Extension {
  readonly to: LedgerDigest;
  readonly evidence: Evidence;
}

/**
 * The narrow port two engines implement. `log` is the insurer id. Exactly once: a record that `sequence` has placed stays at its position,
 * whatever fails or repeats; "lost the race" is no error, the next call continues.
 */
export interface LedgerEngine {
  readonly kind: "tlog" | "qldb";
  /** Moves the first waiting records, by (ord, eventId), out of the outbox into the ledger, bounded per call; [] when nothing waits. */
  sequence(log: string): Promise<readonly Placed[]>;
  /** The newest committed digest; undefined while the ledger is empty. */
  digest(log: string): Promise<LedgerDigest | undefined>;
  /** How to go on from `from` towards the later digest `to`: to it, or, where that is more than is shown at once, to one between. */
  extension(log: string, from: LedgerDigest, to: LedgerDigest): Promise<Extension>;
  /** Proof that the record with this leaf hash is covered by `digest`; undefined if it is not placed or not covered. */
  prove(log: string, leafHash: Uint8Array, digest: LedgerDigest): Promise<LedgerProof | undefined>;
  /** Pure: the state at `to`, if `evidence` shows that it extends `from`; undefined if not. The gate's own check, trusting nothing but its stored state. */
  extend(from: LedgerState, to: LedgerDigest, evidence: Evidence): LedgerState | undefined;
  /** Pure: whether `proof` shows the record in `digest`. */
  verify(record: Uint8Array, proof: LedgerProof, digest: LedgerDigest): boolean;
}

/** A proof in the engine's own form: tlog {index, hashes}; qldb the revision and its path as Ion text bytes. */
export interface LedgerProof {
  readonly position: bigint;
  readonly hashes: readonly Uint8Array[];
  /** qldb only: the revision's Ion text that `hashes` starts from. */
  readonly revision?: Uint8Array;
}
