import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fromUtf8, toBase64, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { Policy } from "../../shared/log/policy.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { treeOf } from "../../shared/log/tree.ts";
import {
  formatReceipt,
  readUnanchored,
  showOpenings,
  verifyReceipt,
} from "../../shared/proof/receipt.ts";
import { formatTlogProof, parseTlogProof } from "../../shared/proof/tlog-proof.ts";
import { formatRecord, type LedgerRecord } from "../../shared/record/record.ts";
import { seal } from "../../shared/record/sealed.ts";
import { sealedSizes } from "../../shared/record/types.ts";
import { saltsOf } from "../audit/bundle.ts";
import { receiptOf, trustPolicy } from "../docs/example.ts";
import { ed25519Signer, mlDsa44Signer, signCheckpoint, type TestSigner } from "../log/signers.ts";
import { handle } from "../policy/sample.ts";

const origin = "log.example/claims/acme";
const log = ed25519Signer(origin, 1);
const policy: Policy = { logs: [{ key: log.key }], witnesses: [], groups: [], quorum: "none" };

const size = sealedSizes["claim.decided"];
const fields = {
  outcome: "PAY",
  award: { amount: "12.00", currency: "USD" },
  reasonCode: "COVERED",
};
const sealed = seal(fields, size, saltsOf(handle("3"), 2n));
const decided = (over: Partial<LedgerRecord> = {}): Uint8Array =>
  formatRecord({
    origin,
    type: "claim.decided",
    stream: handle("3"),
    version: 1n,
    prev: null,
    time: "2026-03-04T12:00Z",
    actor: "machine",
    body: { sealed: { size, root: sealed.root } },
    ...over,
  });

/** A log of five entries with `record` third, its note, and the proof of it. */
function proofOf(record: Uint8Array, signed = origin, signer = log, ...more: TestSigner[]) {
  const leaves = ["a", "b", "c", "d"].map((text) => leafHash(utf8(text)));
  leaves.splice(2, 0, leafHash(record));
  const tree = treeOf(leaves);
  const checkpoint = { origin: signed, size: 5n, root: tree.root, extensions: [] };
  const checkpointNote = signCheckpoint(checkpoint, [signer, ...more]);
  return { index: 2n, hashes: tree.inclusion(2n), checkpointNote };
}

const shown = showOpenings(sealed.leaves, sealed.openings);
const receipt = (record = decided(), openings = shown) =>
  utf8(formatReceipt({ record, openings }, proofOf(record)));
const refusal = (refused: string) => expect.objectContaining({ refused });

/** The receipt with its `extra` rewritten. */
function withExtra(change: (extra: { record: string; openings: Json[] }) => Json): Uint8Array {
  const proof = parseTlogProof(receipt());
  const extra = JSON.parse(fromUtf8(proof.extra ?? new Uint8Array(0)));
  return formatTlogProof({ ...proof, extra: canonicalBytes(change(extra)) });
}

describe("the witnesses of a receipt", () => {
  const witness = ed25519Signer("witness.example", 2, "cosignature");
  const stranger = ed25519Signer("stranger.example", 3, "cosignature");
  const witnesses = [{ name: "w", key: witness.key }];
  const wanting: Policy = { ...policy, witnesses, quorum: "w" };
  const seenBy = (...more: TestSigner[]) =>
    utf8(
      formatReceipt({ record: decided(), openings: [] }, proofOf(decided(), origin, log, ...more)),
    );

  test("are those of the policy that cosigned, each with the time it stated", () => {
    const found = verifyReceipt(seenBy(stranger, witness), wanting);
    const timeSeconds = 1_700_000_000n;
    expect(found).toMatchObject({ witnesses: [{ name: "witness.example", timeSeconds }] });
    expect(verifyReceipt(seenBy(stranger), policy)).toMatchObject({ witnesses: [] });
  });

  test("are needed where the policy has a quorum", () => {
    expect(verifyReceipt(seenBy(stranger), wanting)).toEqual(refusal("quorum-not-met"));
    expect(verifyReceipt(seenBy(), wanting)).toEqual(refusal("quorum-not-met"));
  });

  test("are counted once, however often their lines stand there", () => {
    const found = verifyReceipt(seenBy(witness, stranger, witness), wanting);
    expect(found).toMatchObject({ witnesses: [{ name: "witness.example" }] });
  });

  test("date nothing by a line of time 0, which says that the tree is consistent and not that it was the largest", () => {
    const timeless = mlDsa44Signer("witness.example", 0n);
    const trusting = { ...wanting, witnesses: [{ name: "w", key: timeless.key }] };
    expect(verifyReceipt(seenBy(timeless), trusting)).toMatchObject({ witnesses: [] });
  });
});

describe("a receipt", () => {
  test("shows its record, its place and its holder's openings", () => {
    const found = verifyReceipt(receipt(), policy);
    expect(found).toMatchObject({
      record: { type: "claim.decided", origin },
      index: 2n,
      checkpoint: { size: 5n },
    });
    if ("refused" in found) throw new Error(found.detail);
    expect(found.openings.map(({ path, value }) => [path, value])).toEqual([
      ["award", fields.award],
      ["outcome", "PAY"],
      ["reasonCode", "COVERED"],
    ]);
  });

  test("with one opening shows that field only; with none, the record", () => {
    for (const some of [shown.slice(1, 2), []]) {
      const text = receipt(decided(), some);
      const found = verifyReceipt(text, policy);
      if ("refused" in found) throw new Error(found.detail);
      expect(found.openings.length).toBe(some.length);
      expect(fromUtf8(parseTlogProof(text).extra ?? utf8(""))).not.toContain("12.00");
    }
  });

  test("of a public record is a receipt too, without openings", () => {
    const hash = "0a".repeat(32);
    const pack = { pack: "p", version: "1", hash, dateBasis: "loss", from: "2026-01-01", to: null };
    const persons = { author: handle("a"), approver: handle("b") };
    const body = { public: { ...pack, ...persons } };
    const record = decided({ type: "pack.published", body });
    expect(verifyReceipt(receipt(record, []), policy)).toMatchObject({
      record: { type: "pack.published" },
    });
    expect(verifyReceipt(receipt(record), policy)).toEqual(refusal("malformed"));
  });

  test("of another log's record is refused, though the log signs it", () => {
    const foreign = decided({ origin: "log.example/claims/other" });
    expect(verifyReceipt(receipt(foreign), policy)).toEqual(refusal("malformed"));
  });

  test("signed by a stranger is refused", () => {
    const record = decided();
    const stranger = ed25519Signer(origin, 9);
    const text = formatReceipt({ record, openings: shown }, proofOf(record, origin, stranger));
    expect(verifyReceipt(utf8(text), policy)).toHaveProperty("refused");
  });

  test("without a trust policy shows the same by its own word, a stranger's too, and still not what does not prove", () => {
    const { record, openings } = { record: decided(), openings: shown };
    const stranger = ed25519Signer(origin, 9);
    for (const signer of [log, stranger]) {
      const text = utf8(formatReceipt({ record, openings }, proofOf(record, origin, signer)));
      expect(readUnanchored(text)).toMatchObject({ index: 2n, record: { origin } });
    }
    const moved = fromUtf8(receipt()).replace("index 2", "index 3");
    expect(readUnanchored(utf8(moved))).toEqual(refusal("not-included"));
    const foreign = decided({ origin: "log.example/claims/other" });
    expect(readUnanchored(receipt(foreign))).toEqual(refusal("malformed"));
    const lied = withExtra(({ record, openings }) => ({
      record,
      openings: openings.map((opening) => (opening as Json[]).with(3, "DENY")),
    }));
    expect(readUnanchored(lied)).toEqual(refusal("malformed"));
  });

  test("that carries no record, or another one than was logged, is refused", () => {
    const { extra: _none, ...bare } = parseTlogProof(receipt());
    expect(verifyReceipt(formatTlogProof(bare), policy)).toEqual(refusal("malformed"));
    const other = withExtra(({ openings, record }) => ({
      record: record.replace("machine", "person"),
      openings,
    }));
    expect(verifyReceipt(other, policy)).toHaveProperty("refused");
  });

  test("with an opening whose value, path, salt, place or proof is another is refused", () => {
    type Shown = [number, string, string, Json, string[]];
    const changed = (change: (opening: Shown) => Json) =>
      withExtra(({ record, openings }) => ({
        record,
        openings: [change(openings[0] as unknown as Shown), ...openings.slice(1)],
      }));
    const wrong: ((opening: Shown) => Json)[] = [
      ([i, salt, path, _v, hashes]) => [
        i,
        salt,
        path,
        { amount: "99.00", currency: "USD" },
        hashes,
      ],
      ([i, salt, _p, value, hashes]) => [i, salt, "other", value, hashes],
      ([i, _s, path, value, hashes]) => [i, toBase64(new Uint8Array(32)), path, value, hashes],
      ([i, salt, path, value, hashes]) => [i + 1, salt, path, value, hashes],
      ([, salt, path, value, hashes]) => [-1, salt, path, value, hashes],
      ([i, salt, path, value, hashes]) => [i + size, salt, path, value, hashes],
      ([i, salt, path, value, hashes]) => [i, salt, path, value, hashes.slice(1)],
      ([i, salt, path, value, hashes]) => [i, salt, path, value, [...hashes, hashes[0] ?? ""]],
      ([i, salt, path, value, hashes]) => [i, salt, path, value, [...hashes].reverse()],
      ([i, salt, path, value]) => [i, salt, path, value, ["0a"]],
      ([i, salt, path, value]) => [`${i}`, salt, path, value, []],
      () => null,
    ];
    for (const change of wrong) {
      expect(verifyReceipt(changed(change), policy)).toEqual(refusal("malformed"));
    }
  });

  test("with more beside record and openings is refused", () => {
    const more = withExtra((extra) => ({ ...extra, note: "trust me" }));
    expect(verifyReceipt(more, policy)).toEqual(refusal("malformed"));
  });

  test("with any byte changed is refused, and never throws", () => {
    const good = receipt();
    let shownStill = 0;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bad = good.slice();
        bad[at] = (bad[at] ?? 0) ^ by;
        if (!("refused" in verifyReceipt(bad, policy))) shownStill++;
      }),
      { numRuns: 400 },
    );
    expect(shownStill).toBe(0);
  });
});

describe("what a receipt shows is read exactly", () => {
  const trusted = parsePolicy(trustPolicy);
  const proof = parseTlogProof(utf8(receiptOf(7, ["outcome"])));
  const content = JSON.parse(fromUtf8(proof.extra ?? utf8("{}")));
  const [outcome] = content.openings as [Json[]];
  const [index, salt, path, value, hashes] = outcome as [number, string, string, Json, string[]];

  const verified = (extra: Json) =>
    verifyReceipt(
      utf8(fromUtf8(formatTlogProof({ ...proof, extra: canonicalBytes(extra) }))),
      trusted,
    );
  const withOpenings = (openings: Json) => verified({ ...content, openings });

  test("a field is shown once; a 65th opening is refused, not left out", () => {
    expect(withOpenings([outcome])).toMatchObject({ index: 7n });
    expect(withOpenings([outcome, outcome])).toEqual({
      refused: "malformed",
      detail: "opening: shows a path twice",
    });
    expect(withOpenings(Array(65).fill(outcome))).toEqual({
      refused: "malformed",
      detail: "extra: has over 64 openings",
    });
  });

  test("an opening's 17th hash is refused, not left out", () => {
    const seventeen = Array(17).fill(hashes[0]);
    expect(withOpenings([[index, salt, path, value, seventeen]])).toEqual({
      refused: "malformed",
      detail: "opening: has over 16 hashes",
    });
  });

  test.each<[string, Json]>([
    [
      "a hash that is no text",
      [[index, salt, path, value, [[hashes[0] ?? ""], ...hashes.slice(1)]]],
    ],
    [
      "a hash in upper case",
      [[index, salt, path, value, hashes.map((hash) => hash.toUpperCase())]],
    ],
    ["a sixth member", [[index, salt, path, value, hashes, null]]],
    ["an index as text", [[String(index), salt, path, value, hashes]]],
    ["no list", {}],
  ])("%s is refused", (_, openings) => {
    expect(withOpenings(openings)).toMatchObject({ refused: "malformed" });
  });

  test("another member beside record and openings is refused", () => {
    expect(verified({ ...content, more: 1 })).toMatchObject({ refused: "malformed" });
  });
});
