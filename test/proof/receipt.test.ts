import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { formatTlogProof, parseTlogProof } from "../../shared/proof/tlog-proof.ts";
import { receiptOf, trustPolicy } from "../docs/example.ts";

const policy = parsePolicy(trustPolicy);
const proof = parseTlogProof(utf8(receiptOf(7, ["outcome"])));
const content = JSON.parse(fromUtf8(proof.extra ?? utf8("{}")));
const [outcome] = content.openings as [Json[]];
const [index, salt, path, value, hashes] = outcome as [number, string, string, Json, string[]];

const verified = (extra: Json) =>
  verifyReceipt(utf8(fromUtf8(formatTlogProof({ ...proof, extra: canonicalBytes(extra) }))), policy);
const withOpenings = (openings: Json) => verified({ ...content, openings });

describe("what a receipt shows is read exactly", () => {
  test("64 openings are read; the 65th is refused, not left out", () => {
    expect(withOpenings(Array(64).fill(outcome))).toMatchObject({ index: 7n });
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
    ["a hash that is no text", [[index, salt, path, value, [[hashes[0] ?? ""], ...hashes.slice(1)]]]],
    ["a hash in upper case", [[index, salt, path, value, hashes.map((hash) => hash.toUpperCase())]]],
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
