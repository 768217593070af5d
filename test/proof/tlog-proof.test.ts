import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { treeOf } from "../../shared/log/tree.ts";
import {
  formatTlogProof,
  maxExtraBytes,
  parseTlogProof,
  type TlogProof,
} from "../../shared/proof/tlog-proof.ts";
import { someLeaves } from "../log/naive.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";

const log = ed25519Signer("log.example/claims", 1);
const tree = treeOf(someLeaves(5));
const checkpointNote = signCheckpoint(
  { origin: "log.example/claims", size: 5n, root: tree.root, extensions: [] },
  [log],
);
const proof: TlogProof = { index: 2n, hashes: tree.inclusion(2n), checkpointNote };
const withExtra: TlogProof = { ...proof, extra: utf8("{}") };

describe("a tlog-proof", () => {
  test("has the specification's lines", () => {
    const lines = fromUtf8(formatTlogProof(withExtra)).split("\n");
    expect(lines.slice(0, 3)).toEqual(["c2sp.org/tlog-proof@v1", "extra e30=", "index 2"]);
    expect(lines.slice(6, 8)).toEqual(["", "log.example/claims"]);
    expect(fromUtf8(formatTlogProof(proof))).toContain("@v1\nindex 2\n");
  });

  test("reads back, with and without extra and hashes", () => {
    for (const it of [proof, withExtra, { ...proof, index: 0n, hashes: [] }]) {
      expect(plain(parseTlogProof(formatTlogProof(it)))).toEqual(plain(it));
    }
    expect("extra" in parseTlogProof(formatTlogProof(proof))).toBe(false);
  });

  test("in any other spelling is malformed", () => {
    const good = fromUtf8(formatTlogProof(withExtra));
    const hash = good.split("\n")[3] ?? "";
    const bad = [
      "",
      good.replace("@v1", "@v2"),
      ` ${good}`,
      `\n${good}`,
      `\ufeff${good}`,
      good.replaceAll("\n", "\r\n"),
      good.replace("extra e30=", "extra "),
      good.replace("extra e30=", "extra"),
      good.replace("extra e30=", "extra e31="),
      good.replace("extra e30=\n", "extra e30=\nextra e30=\n"),
      good.replace("extra e30=\nindex 2", "index 2\nextra e30="),
      good.replace("index 2\n", ""),
      ...["", "02", "-1", "2 ", "+2", "9223372036854775808"].map((n) =>
        good.replace("index 2", `index ${n}`),
      ),
      good.replace(hash, hash.slice(4)),
      good.replace(hash, ` ${hash}`),
      good.replace(hash, ""),
      good.replace("index 2\n", `index 2\n${`${hash}\n`.repeat(65)}`),
      good.slice(0, good.indexOf("\n\n") + 2),
      good.slice(0, -1),
      `${good}\n`,
      `${good}junk\n`,
    ];
    for (const text of bad) expect([text, outcome(utf8(text))]).toEqual([text, "malformed"]);
    expect(outcome(new Uint8Array(4_000_000).fill(0x61))).toBe("malformed");
  });

  test("that could not be read back is not written", () => {
    for (const change of [
      { extra: new Uint8Array(0) },
      { extra: new Uint8Array(maxExtraBytes + 1) },
      { index: -1n },
      { index: 2n ** 63n },
      { hashes: [new Uint8Array(31)] },
      { hashes: Array(65).fill(tree.root) },
      { checkpointNote: utf8("no note") },
    ]) {
      expect(() => formatTlogProof({ ...proof, ...change })).toThrow(Malformed);
    }
  });
});

function outcome(bytes: Uint8Array): string {
  try {
    parseTlogProof(bytes);
    return "read";
  } catch (error) {
    if (error instanceof Malformed) return "malformed";
    throw error;
  }
}

const plain = (it: TlogProof) => ({
  ...it,
  extra: it.extra && fromUtf8(it.extra),
  hashes: it.hashes.map((hash) => Buffer.from(hash).toString("hex")),
});
