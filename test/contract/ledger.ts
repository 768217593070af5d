import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { nothingSigned } from "../../functions/signer/core.ts";
import { follow } from "../../functions/signer/follow.ts";
import { concat, fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type {
  Evidence,
  LedgerDigest,
  LedgerEngine,
  LedgerProof,
  LedgerState,
  PendingRecord,
  Placed,
} from "../../shared/ports/ledger.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** One engine over its own empty ledger and outbox. `submit` puts records into the outbox in any order. */
export interface LedgerUnderTest {
  readonly engine: LedgerEngine;
  /** Another process on the same ledger and outbox. */
  readonly secondEngine?: LedgerEngine;
  submit(records: readonly PendingRecord[]): Promise<void>;
  /** The next `sequence` has its effect, or most of it, but its caller may not learn of it. */
  loseNextAnswer?(): void;
  /** How many records the ledger holds of `log`; the digest's size where this is absent. */
  recordCount?(log: string): Promise<bigint>;
  /** The largest size of a digest that doesn't cover the record of `proof`; its position where this is absent. */
  lastWithout?(proof: LedgerProof): bigint;
  dispose(): Promise<void>;
}

/** The log the suite writes to, and one it never does. */
export const contractLog = "acme-health";
const otherLog = "never-used";

/** `count` records of contractLog, numbered from `first`, in the order they must be placed. */
export function records(count: number, first = 0): PendingRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const record = utf8(`{"n":${n},"text":"señal \\"${n}\\"","v":"1"}`);
    return {
      eventId: `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`,
      stream: `claim-${n}`,
      version: 1n,
      ord: 1_000_000n + BigInt(Math.floor(n / 2)),
      leafHash: sha256(concat(Uint8Array.of(0), record)),
      record,
    };
  });
}

/** What every ledger engine promises, whatever it is made of. */
export function ledgerEngineContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  describe(`${name} as a ledger engine`, () => {
    let under: LedgerUnderTest;
    let engine: LedgerEngine;
    beforeEach(async () => {
      under = await make();
      engine = under.engine;
    });
    afterEach(() => under.dispose());

    const submitAndDrain = async (pending: readonly PendingRecord[]): Promise<Placed[]> => {
      await under.submit(pending);
      return drain(engine);
    };
    const count = async () =>
      (await under.recordCount?.(contractLog)) ?? (await digestOf(engine)).size;

    test("an empty ledger has no digest, places nothing and proves nothing", async () => {
      const [record] = records(1);
      expect(await engine.digest(contractLog)).toBeUndefined();
      expect(await engine.sequence(contractLog)).toEqual([]);
      const size5 = { size: 5n, root: sha256(utf8("none")) };
      expect(await engine.prove(contractLog, record!.leafHash, size5)).toBeUndefined();
    });

    test("records are placed by (ord, eventId), each after the one before", async () => {
      const waiting = records(9);
      const placed = await submitAndDrain(waiting.toReversed());
      expect(placed.map(({ eventId }) => eventId)).toEqual(waiting.map(({ eventId }) => eventId));
      placed.slice(1).forEach((next, i) => {
        expect(next.position).toBeGreaterThan(placed[i]!.position);
      });
      expect(await count()).toBe(9n);
      expect(await engine.digest(otherLog)).toBeUndefined();
    });

    test("what is placed stays where it is; sequencing again places nothing", async () => {
      const placed = await submitAndDrain(records(3));
      const before = await digestOf(engine);
      expect(await engine.sequence(contractLog)).toEqual([]);
      const more = await submitAndDrain(records(2, 3));
      const after = await digestOf(engine);
      expect(after.size).toBeGreaterThan(before.size);
      expect(toHex(after.root)).not.toBe(toHex(before.root));
      const positions = [...placed, ...more].map(({ position }) => position);
      for (const [i, record] of records(5).entries()) {
        const proof = await engine.prove(contractLog, record.leafHash, after);
        expect(proof?.position).toBe(positions[i]);
      }
      expect(await count()).toBe(5n);
    });

    test("a lost answer costs no record and doubles none", async () => {
      await submitAndDrain(records(1));
      await under.submit(records(4, 1));
      under.loseNextAnswer?.();
      await engine.sequence(contractLog).catch(onlyUnavailable);
      await drain(engine);
      expect(await count()).toBe(5n);
      const positions = await provenPositions(engine, records(5));
      expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
      expect(new Set(positions).size).toBe(5);
    });

    test("two engines on one log place each record once", async () => {
      const second = under.secondEngine;
      if (second === undefined) throw new Error("the contract needs a second engine");
      const waiting = records(12);
      await under.submit(waiting);
      const [a, b] = await Promise.all([drainPatiently(engine), drainPatiently(second)]);
      await drain(engine);
      expect(await count()).toBe(12n);
      const positions = await provenPositions(second, waiting);
      const byEvent = new Map(waiting.map(({ eventId }, i) => [eventId, positions[i]]));
      for (const { eventId, position } of [...a, ...b]) {
        expect(position).toBe(byEvent.get(eventId));
      }
      positions.slice(1).forEach((next, i) => {
        expect(next).toBeGreaterThan(positions[i]!);
      });
    });

    test("a proof shows its record in its digest and nothing else", async () => {
      const placed = records(5);
      await submitAndDrain(placed);
      const digest = await digestOf(engine);
      const wrongRoot = { ...digest, root: flipped(digest.root, 0) };
      for (const [i, { leafHash, record }] of placed.entries()) {
        const proof = await proofOf(engine, leafHash, digest);
        expect(engine.verify(record, proof, digest)).toBe(true);
        expect(engine.verify(placed[(i + 1) % 5]!.record, proof, digest)).toBe(false);
        expect(engine.verify(flipped(record, 5), proof, digest)).toBe(false);
        expect(engine.verify(record.subarray(1), proof, digest)).toBe(false);
        expect(engine.verify(record, proof, wrongRoot)).toBe(false);
        for (const broken of brokenProofs(proof)) {
          expect(engine.verify(record, broken, digest)).toBe(false);
        }
        const before = { ...digest, size: under.lastWithout?.(proof) ?? proof.position };
        expect(engine.verify(record, proof, before)).toBe(false);
      }
    });

    test("a record that isn't placed, or only later than the digest, has no proof", async () => {
      await submitAndDrain(records(2));
      const early = await digestOf(engine);
      const [late] = records(1, 2);
      expect(await engine.prove(contractLog, late!.leafHash, early)).toBeUndefined();
      await submitAndDrain(records(1, 2));
      expect(await engine.prove(contractLog, late!.leafHash, early)).toBeUndefined();
      expect(await engine.prove(otherLog, late!.leafHash, early)).toBeUndefined();
      const now = await digestOf(engine);
      expect(engine.verify(late!.record, await proofOf(engine, late!.leafHash, now), now)).toBe(
        true,
      );
      const [first] = records(1);
      const proof = await proofOf(engine, first!.leafHash, early);
      expect(engine.verify(first!.record, proof, early)).toBe(true);
      expect(engine.verify(first!.record, proof, now)).toBe(false);
    });

    test("evidence shows each digest extending each earlier one, and nothing else", async () => {
      const states: LedgerState[] = [];
      for (let n = 0; n < 6; n++) {
        await submitAndDrain(records(n === 3 ? 4 : 1, 10 * n));
        states.push(await stateAt(engine, states.at(-1) ?? nothingSigned, await digestOf(engine)));
      }
      for (const [i, from] of states.entries()) {
        for (const state of states.slice(i)) {
          const digest = { size: state.size, root: state.root };
          const { to, evidence } = await engine.extension(contractLog, from, digest);
          expect(to).toEqual(digest);
          expect(engine.extend(from, to, evidence)).toEqual(state);
          refusesEverythingElse(engine, from, state, evidence);
        }
        expect(await stateAt(engine, nothingSigned, from)).toEqual(from);
      }
    });

    test("a ledger that lost or rewrote records extends nothing", async () => {
      await submitAndDrain(records(3));
      const from = await stateAt(engine, nothingSigned, await digestOf(engine));
      await submitAndDrain(records(3, 3));
      const to = await stateAt(engine, from, await digestOf(engine));
      const { evidence } = await engine.extension(contractLog, from, to);
      expect(engine.extend(to, from, evidence)).toBeUndefined();
      expect(engine.extend(to, from, [])).toBeUndefined();
      const rewritten = await make();
      try {
        await rewritten.submit([...records(2), ...records(6, 90)]);
        await drain(rewritten.engine);
        const other = await digestOf(rewritten.engine);
        if (other.size < from.size) throw new Error("the other ledger is too short to try");
        for (const claimed of [nothingSigned, from, other]) {
          const theirs = await rewritten.engine.extension(contractLog, claimed, other);
          expect(engine.extend(from, other, theirs.evidence)).toBeUndefined();
        }
        expect(await follow(rewritten.engine, contractLog, from, other)).toBeUndefined();
      } finally {
        await rewritten.dispose();
      }
    });
  });
}

/** Sequences until nothing waits and returns all that was reported. */
async function drain(engine: LedgerEngine): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (let call = 0; call < 1_000; call++) {
    const next = await engine.sequence(contractLog);
    if (next.length === 0) return placed;
    placed.push(...next);
  }
  throw new Error("the outbox never empties");
}

/** As drain, for one of two that compete: an engine may give up a call, never a record. */
async function drainPatiently(engine: LedgerEngine): Promise<Placed[]> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return await drain(engine);
    } catch (error) {
      onlyUnavailable(error);
    }
  }
  throw new Error("the engine never gets through");
}

function onlyUnavailable(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

async function digestOf(engine: LedgerEngine): Promise<LedgerDigest> {
  const digest = await engine.digest(contractLog);
  if (digest === undefined) throw new Error("the ledger has no digest");
  return digest;
}

async function stateAt(
  engine: LedgerEngine,
  from: LedgerState,
  to: LedgerDigest,
): Promise<LedgerState> {
  const state = await follow(engine, contractLog, from, to);
  if (state === undefined) throw new Error(`size ${to.size} is no extension of ${from.size}`);
  return state;
}

async function proofOf(
  engine: LedgerEngine,
  leafHash: Uint8Array,
  digest: LedgerDigest,
): Promise<LedgerProof> {
  const proof = await engine.prove(contractLog, leafHash, digest);
  if (proof === undefined) throw new Error("the record is not proven");
  return proof;
}

async function provenPositions(engine: LedgerEngine, all: PendingRecord[]): Promise<bigint[]> {
  const digest = await digestOf(engine);
  const positions: bigint[] = [];
  for (const { leafHash } of all) {
    positions.push((await proofOf(engine, leafHash, digest)).position);
  }
  return positions;
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte));

function brokenProofs(proof: LedgerProof): LedgerProof[] {
  const { hashes, revision } = proof;
  const broken: LedgerProof[] = hashes.flatMap((hash, i) => [
    { ...proof, hashes: hashes.with(i, flipped(hash, 31)) },
    { ...proof, hashes: hashes.toSpliced(i, 1) },
    { ...proof, hashes: hashes.with(i, hash.subarray(1)) },
  ]);
  broken.push({ ...proof, position: proof.position + 1n });
  if (revision !== undefined) {
    // What stands before the hash, the block's address, no QLDB hash covers; `position` is compared with it.
    const covered = fromUtf8(revision).indexOf("hash:");
    for (let at = covered; at < revision.length; at += 17) {
      broken.push({ ...proof, revision: flipped(revision, at) });
    }
    const { revision: _, ...without } = proof;
    broken.push(without);
  }
  return broken;
}

function refusesEverythingElse(
  engine: LedgerEngine,
  from: LedgerState,
  to: LedgerState,
  evidence: Evidence,
): void {
  const refused = (a: LedgerState, b: LedgerDigest, shown: Evidence) =>
    expect(engine.extend(a, b, shown)).toBeUndefined();
  refused({ ...from, root: flipped(from.root, 3) }, to, evidence);
  refused(from, { ...to, root: flipped(to.root, 3) }, evidence);
  // RFC 6962 consistency proofs of neighbouring sizes can have one shape: only QLDB's evidence counts its blocks.
  if (engine.kind === "qldb") refused(from, { ...to, size: to.size + 1n }, evidence);
  refused(from, to, [...evidence, sha256(to.root)]);
  evidence.forEach((hash, i) => {
    refused(from, to, evidence.with(i, flipped(hash, 0)));
    refused(from, to, evidence.toSpliced(i, 1));
  });
  if (to.size === from.size) return;
  // The gate's own state: a tip that its root doesn't cover shows in the next block, which is linked to it.
  from.frontier.forEach((hash, i) => {
    refused({ ...from, frontier: from.frontier.with(i, flipped(hash, 0)) }, to, evidence);
    refused({ ...from, frontier: from.frontier.toSpliced(i, 1) }, to, evidence);
  });
  refused(to, from, evidence);
}
