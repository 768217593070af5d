import type { ClaimView, ReceiptEntry } from "../api/claim-view.ts";
import type { CommittedClaim } from "../api/committed.ts";
import type { KeptReply } from "../api/committed-reply.ts";
import type { Role } from "../api/role.ts";
import type { ActorKind, Credential } from "../base/actor.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { Refusal } from "../base/refusal.ts";
import type { Ruling } from "../claim/ruling.ts";
import type { Submission } from "../claim/submission.ts";

/** Who may act, as our own table of principals knows them: one row per (issuer, sub, insurer). */
export interface Principal {
  readonly insurer: string;
  readonly role: Role;
  readonly person: Handle;
  readonly kind: ActorKind;
}

/** Who asks, and what they showed. */
export interface Caller extends Principal {
  readonly credential: Credential;
}

/** A client's key for "do this once", and SHA-256 of what it asked for with it ({@link fingerprintOf}). */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: Uint8Array;
}

/** What a request to change something brings beside its command. */
export interface Asked {
  readonly idempotency?: Idempotency | undefined;
  /** The tags of If-Match: the change is made only while the thing has one of them. */
  readonly ifMatch?: readonly string[] | undefined;
  /** The W3C traceparent that what it records carries to whoever publishes it. */
  readonly traceparent?: string | undefined;
}

/** A record's receipt, or that no signed checkpoint covers the record yet. Told apart by their only keys. */
export type Receipt = { readonly text: string } | { readonly pending: true };

/** The letter that explains a decision, as plain text. */
export interface Letter {
  readonly text: string;
}

/**
 * What a command answers: done now (with the reply that the key keeps), the reply or the refusal kept from the first time, or refused now. Told apart by
 * their only keys.
 */
export type Reply<T> =
  | { readonly committed: T; readonly reply: KeptReply }
  | { readonly kept: KeptReply }
  | { readonly keptRefusal: Refusal }
  | Refusal;

/**
 * The commands and questions behind the HTTP API. Every one checks that `caller` may: another insurer's claim is `not-found`.
 * Commands run once per Idempotency-Key
 * (functions/command/perform.ts); the same key with another fingerprint is refused as `key-reused`. Throws Unavailable.
 */
export interface ClaimsPort {
  submit(
    caller: Caller,
    submission: Submission,
    idempotency: Idempotency,
    now: Instant,
    traceparent?: string,
  ): Promise<Reply<CommittedClaim>>;
  claim(
    caller: Caller,
    claim: Handle,
  ): Promise<{ readonly claim: ClaimView; readonly etag: string } | Refusal>;
  /** The records of the claim's stream, oldest first. */
  receipts(
    caller: Caller,
    claim: Handle,
  ): Promise<{ readonly records: readonly ReceiptEntry[] } | Refusal>;
  /** The `.tlog-proof` of a record with the caller's openings; `not-found` as well where the caller may not know of the record. */
  receipt(caller: Caller, leafHash: string): Promise<Receipt | Refusal>;
}

/** What takes the rules of a pack to answer, by the same promises as {@link ClaimsPort}: a person's decision, and the letter of any. */
export interface DecisionsPort {
  decide(
    caller: Caller,
    claim: Handle,
    ruling: Ruling,
    asked: Asked,
    now: Instant,
  ): Promise<Reply<CommittedClaim>>;
  /** The letter of the decision that is record `version` of the claim; `not-found` where that record is none. */
  letter(caller: Caller, claim: Handle, version: bigint): Promise<Letter | Refusal>;
}

/** Our own table of who may act where; a token only says who someone is. Throws Unavailable. */
export interface Principals {
  find(issuer: string, sub: string, insurer: string): Promise<Principal | undefined>;
  /** The insurers where this subject has a row, in code point order. */
  insurersOf(issuer: string, sub: string): Promise<readonly string[]>;
}
