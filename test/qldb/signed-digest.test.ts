import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { advanceJournal } from "../../functions/publisher/advance-journal.ts";
import { receiptsOfJournal } from "../../functions/publisher/journal-receipt.ts";
import { blockKey } from "../../functions/publisher/published-journal.ts";
import { startQldbStub } from "../../local/qldb/stub.ts";
import { fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { unwitnessed } from "../../shared/log/policy.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import {
  formatQldbReceipt,
  parseQldbReceipt,
  type QldbProof,
  verifyQldbReceipt,
} from "../../shared/proof/qldb-receipt.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { strandOf } from "../../shared/qldb/digest-note.ts";
import { callerOf, submissionOf, submitClaimOf } from "../command/platform.ts";
import { flipped, spread } from "../demo/one-bit.ts";
import { ed25519Signer } from "../log/signers.ts";
import { ionFields } from "./ion-fields.ts";
import { noteParts } from "./note-parts.ts";
import { ledger, type SignedLedger, signedLedger } from "./signed-ledger.ts";

/* One ledger whose digests are signed: what the gate signs, what is published, and the receipt of a claim, verified offline. */
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
let on: SignedLedger;
let insurer: string;
let walk: SignedLedger["walk"];
let published: SignedLedger["published"];
let receipt: string;

beforeAll(async () => {
  on = await signedLedger();
  ({ walk, published } = on);
  const { platform, opened, pool, told } = on;
  insurer = opened.insurer;

  const intake = callerOf(insurer, "intake");
  const submission = {
    ...submissionOf(opened.policy, 1_000n, 600n),
    onBehalfOf: opened.terms.insured,
  };
  const claim = await submitClaimOf(platform.ports, intake, submission);
  const [submitted] = await platform.ports.store.records(insurer, claim);
  const outbox = postgresPending(pool, platform.ports.clock);
  const source = receiptsOfJournal({ ledger, engine: walk.engine, outbox, published });
  const claims = claimsPort(platform.ports, published, source);
  const ask = async () => {
    const leafHash = toHex(submitted!.leafHash);
    const answer = await claims.receipt(callerOf(insurer, "adjuster"), leafHash);
    if (isRefusal(answer)) throw new Error(answer.detail);
    return answer;
  };
  expect(await ask()).toEqual({ pending: true });
  const owner = openPool({ url: platform.superuserUrl, max: 1 });
  await owner.query("UPDATE outbox SET traceparent = $1", [`00-${trace}-00f067aa0ba902b7-01`]);
  await owner.end();
  told.length = 0;
  const step = await advanceJournal(walk);
  expect(step).toMatchObject({ placed: 1 });
  const answer = await ask();
  if (!("text" in answer)) throw new Error("the receipt is pending");
  receipt = answer.text;
});
afterAll(() => on.close());

test("the trace of a request is named where its record was placed and where its block was published, and is in no block", async () => {
  const traces = { traceIds: [trace], traces: 1 };
  expect(on.told).toEqual([
    ["placed", expect.objectContaining({ insurer, entries: 1, ...traces })],
    ["published", expect.objectContaining({ insurer, entries: 1, ...traces })],
  ]);
  for await (const key of published.list("")) {
    expect(Buffer.from((await published.get(key))!.bytes).includes(trace)).toBe(false);
  }
});

describe("a signed digest", () => {
  test("is a note of its own kind: origin, blocks, digest, strand; published with every block it covers", async () => {
    const note = (await published.get(`${ledger}/checkpoint`))!.bytes;
    const [line1, line2, line3, line4, line5] = fromUtf8(note).split("\n");
    expect([line1, line5]).toEqual([on.origin, ""]);
    expect(strandOf([line4!])).toBe(await walk.engine.journal.strandId());
    const digest = await walk.journal.digest();
    expect(line2).toBe(digest.size.toString());
    expect(line3).toBe(Buffer.from(digest.root).toString("base64"));
    for (let at = 0n; at < digest.size; at++) {
      const block = parseBlock(fromUtf8((await published.get(blockKey(ledger, at)))!.bytes));
      expect(block.blockAddress.sequenceNo).toBe(Number(at));
    }
  });

  test("nothing new is signed or published while the ledger stands still", async () => {
    const before = await published.get(`${ledger}/checkpoint`);
    const size = (await walk.journal.digest()).size;
    expect(await advanceJournal(walk)).toEqual({ placed: 0, size });
    expect(await published.get(`${ledger}/checkpoint`)).toEqual(before);
  });

  test("a log that can't be placed keeps no other waiting: what stands is signed, then the outage is told", async () => {
    const { size } = await walk.journal.digest();
    await on.grow("more");
    const sequence = async (log: string) => {
      if (log === "down") throw new Unavailable("qldb", "is down");
      return walk.engine.sequence(log);
    };
    const insurers = async () => ["down", insurer];
    const partly = { ...walk, engine: { ...walk.engine, sequence }, insurers };
    await expect(advanceJournal(partly)).rejects.toThrow(Unavailable);
    const note = fromUtf8((await published.get(`${ledger}/checkpoint`))!.bytes);
    expect(note.split("\n")[1]).toBe((size + 1n).toString());
  });

  test("a forked journal is refused, whether it grew shorter, as long or longer", async () => {
    const { size } = await walk.journal.digest();
    cpSync(join(on.folder, "a"), join(on.folder, "b"), { recursive: true });
    const forks = await startQldbStub({ folder: join(on.folder, "b") });
    const other = qldbClients(localClientConfig(forks.endpoint), ledger);
    try {
      await on.grow("what was signed");
      expect(await advanceJournal(walk)).toMatchObject({ size: size + 1n });
      const forked = await on.walkOn(other);
      expect(await advanceJournal(forked)).toMatchObject({ alarm: "fork" });
      await on.grow("another history", other);
      expect(await advanceJournal(forked)).toMatchObject({ alarm: "fork" });
      await on.grow("and on", other);
      expect(await advanceJournal(forked)).toMatchObject({ alarm: "not-an-extension" });
    } finally {
      other.close();
      await forks.stop();
    }
    expect(await advanceJournal(walk)).toMatchObject({ size: size + 1n });
  });
});

describe("a receipt of the QLDB engine", () => {
  const verified = (text: string) => verifyQldbReceipt(utf8(text), unwitnessed([on.signer.key]));

  test("verifies offline: the record, its place, the openings, under the signed digest", () => {
    const shown = verified(receipt);
    if ("refused" in shown) throw new Error(shown.detail);
    expect(shown.record.type).toBe("claim.submitted");
    expect(shown.checkpoint.origin).toBe(on.origin);
    expect(shown.index).toBeGreaterThan(0n);
    expect(shown.openings.length).toBeGreaterThan(0);
    expect(verifyReceipt(utf8(receipt), unwitnessed([on.signer.key]))).toHaveProperty("refused");
  });

  test("a flipped bit in any part of it is refused, but in the number of its block, which no hash of QLDB's covers", () => {
    const { content, proof } = parseQldbReceipt(utf8(receipt));
    const goesUnseen = (changed: Partial<QldbProof>): boolean =>
      !("refused" in verified(formatQldbReceipt(content, { ...proof, ...changed })));
    const bits = [0, 1, 2];
    const unseen = ionFields(fromUtf8(proof.revision)).filter(({ from, to }) =>
      bits.some((bit) => {
        const at = Math.max(from, to - 2);
        return goesUnseen({ revision: flipped(proof.revision, at, bit) });
      }),
    );
    expect(unseen.map(({ path }) => path)).toEqual(["blockAddress.sequenceNo"]);
    for (const [at, hash] of proof.hashes.entries()) {
      const hashes = proof.hashes.with(at, flipped(hash, at));
      expect([at, goesUnseen({ hashes })]).toEqual([at, false]);
    }
    for (const { part, at } of noteParts(proof.digestNote)) {
      const digestNote = flipped(proof.digestNote, at);
      expect([part, goesUnseen({ digestNote })]).toEqual([part, false]);
    }
    const extra = receipt.slice(0, receipt.indexOf("\nrevision "));
    for (const at of spread(utf8(extra), 60)) {
      const changed = fromUtf8(flipped(utf8(receipt), at, 0));
      expect([at, "refused" in verified(changed)]).toEqual([at, true]);
    }
  });

  test("another ledger's key, another strand, a later block than the digest's: refused", () => {
    const others = ed25519Signer(on.origin, 10);
    expect(verifyQldbReceipt(utf8(receipt), unwitnessed([others.key]))).toMatchObject({
      refused: "unknown-log",
    });
    const { content, proof } = parseQldbReceipt(utf8(receipt));
    const revision = fromUtf8(proof.revision);
    for (const moved of [
      revision.replace(/strandId:"./, 'strandId:"_'),
      revision.replace(/sequenceNo:(\d+)/, "sequenceNo:999"),
    ]) {
      const text = formatQldbReceipt(content, { ...proof, revision: utf8(moved) });
      expect(verified(text)).toMatchObject({ refused: "not-included" });
    }
  });
});
