import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import { claimPath, type KeptReply, keptJson } from "../../shared/api/committed-reply.ts";
import { matchesTag } from "../../shared/api/etag.ts";
import { equal } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { refuse } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import type {
  Asked,
  Caller,
  ClaimsPort,
  DecisionsPort,
  Idempotency,
  Principal,
  Principals,
} from "../../shared/ports/claims.ts";

export const knownClaim = "3f2b8c1d9e4a5f60718293a4b5c6d7e8";
export const knownTag = '"1.0"';
export const knownHash = "ab".repeat(32);
export const unsignedHash = "cd".repeat(32);

const committed: CommittedClaim = {
  claim: knownClaim,
  status: "submitted",
  record: { leafHash: knownHash, type: "claim.submitted", version: 1n, bytes: '{"version":"1"}' },
  openings: [{ path: "claimed", salt: "c2FsdA==", value: ["100000.00", "CNY"], index: 0 }],
};

export interface Question {
  readonly what: string;
  readonly caller: Caller;
  readonly given?: Submission | Ruling;
  readonly idempotency?: Idempotency | undefined;
  readonly now?: Instant;
}

/** The ports' promises, kept for one claim of one insurer, and a list of what was asked. */
export function claimsDouble(insurer: string) {
  const asked: Question[] = [];
  const kept = new Map<string, { fingerprint: Uint8Array; reply: KeptReply }>();
  const state = {
    failure: undefined as Error | undefined,
    receiptFailure: undefined as Error | undefined,
    pendingPolls: 0,
    /** Whether the known record waits for its signature. */
    unsigned: false,
  };
  const enter = (entry: Question) => {
    asked.push(entry);
    if (state.failure) throw state.failure;
  };
  const knows = (caller: Caller, claim: string) =>
    caller.insurer === insurer && claim === knownClaim
      ? undefined
      : refuse("not-found", "There is no such claim.");
  const once = (caller: Caller, idempotency: Idempotency | undefined) => {
    const location = claimPath(knownClaim);
    const reply = keptJson(committedClaimSchema, committed, { location });
    if (!idempotency) return { committed, reply };
    const id = `${caller.person} ${idempotency.key}`;
    const before = kept.get(id);
    if (!before) {
      kept.set(id, { fingerprint: idempotency.fingerprint, reply });
      return { committed, reply };
    }
    if (equal(before.fingerprint, idempotency.fingerprint)) return { kept: before.reply };
    return refuse("key-reused", "This key came with another request.");
  };
  const claims: ClaimsPort & DecisionsPort = {
    async submit(caller, given, idempotency, now) {
      enter({ what: "submit", caller, given, idempotency, now });
      if (given.policy === "f".repeat(32)) {
        return refuse("no-policy", "There is no such policy.", "policy");
      }
      return once(caller, idempotency);
    },
    async decide(caller, claim, given, { idempotency, ifMatch }: Asked, now) {
      enter({ what: "decide", caller, given, idempotency, now });
      const unknown = knows(caller, claim);
      if (unknown) return unknown;
      if (ifMatch && !matchesTag(ifMatch, knownTag))
        return refuse("stale", "It has changed since.");
      return once(caller, idempotency);
    },
    async claim(caller, claim) {
      enter({ what: "claim", caller });
      const money = { minor: 10_000_000n, currency: "CNY" } as const;
      const line = { service: "COVID-19 death benefit", claimed: money };
      const unknown = knows(caller, claim);
      if (unknown) return unknown;
      return {
        etag: knownTag,
        claim: {
          claim,
          insurer,
          status: "referred",
          event: "death",
          lossDate: 18_303n,
          claimed: money,
          lines: [line],
          decisions: [
            {
              outcome: "REFER",
              reasonCode: "NOT_ON_LIST",
              citation: "1.2",
              decidedBy: "machine",
              decidedAt: 1_764_000_000_000_000n,
            },
          ],
          payouts: [],
          records: [{ leafHash: knownHash, type: "claim.submitted", version: 1n }],
        },
      };
    },
    async receipts(caller, claim) {
      enter({ what: "receipts", caller });
      const record = { leafHash: knownHash, type: "claim.submitted", version: 1n, signed: true };
      return knows(caller, claim) ?? { records: [record] };
    },
    async letter(caller, claim, version) {
      enter({ what: "letter", caller });
      if (version !== 2n) return refuse("not-found", "This record of the claim is no decision.");
      return knows(caller, claim) ?? { text: "DECISION ON CLAIM\n" };
    },
    async receipt(caller, leafHash) {
      enter({ what: "receipt", caller });
      if (caller.insurer !== insurer) return refuse("not-found", "No record has this leaf hash.");
      if (state.receiptFailure) throw state.receiptFailure;
      if (leafHash === knownHash && !state.unsigned) return { text: "c2sp.org/tlog-proof@v1\n" };
      if (leafHash !== unsignedHash && !state.unsigned)
        return refuse("not-found", "No record has this leaf hash.");
      return state.pendingPolls-- > 0 ? { pending: true } : { text: "signed now\n" };
    },
  };
  return { claims, asked, state };
}

/** Principals from a list of [sub, principal]. */
export function principalsDouble(
  issuer: () => string,
  rows: readonly (readonly [string, Principal])[],
): Principals {
  const of = (from: string, sub: string) =>
    rows.filter(([name]) => name === sub && from === issuer()).map(([, caller]) => caller);
  return {
    find: async (from, sub, insurer) => of(from, sub).find((row) => row.insurer === insurer),
    insurersOf: async (from, sub) => of(from, sub).map((row) => row.insurer),
  };
}
