import { describe, expect, test } from "@jest/globals";
import { openWitnesses } from "../../functions/adapters/deployment.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import {
  formatWitnessPolicy,
  noWitness,
  parseWitnessPolicy,
} from "../../shared/log/witness-policy.ts";
import { ed25519Signer } from "./signers.ts";

const key = (name: string, seed: number): string =>
  formatVerifierKey(ed25519Signer(`${name}.example/w`, seed, "cosignature").key);
const one = `witness one ${key("one", 1)} https://one.example/w`;
const two = `witness two ${key("two", 2)}`;
const log = `log ${formatVerifierKey(ed25519Signer("a.example/log", 3).key)}`;
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join("");
const read = (...all: string[]) => parseWitnessPolicy(utf8(lines(...all)));

describe("the witnesses of a deployment", () => {
  test("are a policy's witness, group and quorum lines, whatever else stands in it", () => {
    const policy = read(log, "# ours", one, two, "group g 1 one two", "quorum g");
    expect(fromUtf8(formatWitnessPolicy(policy))).toBe(
      lines(one, two, "group g any one two", "quorum g"),
    );
    expect(openWitnesses({ WITNESS_POLICY: lines(one, "quorum one") })?.policy).toMatchObject({
      quorum: "one",
    });
  });

  test("are nobody only where a policy says so in words", () => {
    expect(openWitnesses({ WITNESS_POLICY: fromUtf8(noWitness) })).toBeUndefined();
  });

  test.each([
    ["nothing at all", ""],
    ["no quorum line", lines(one)],
    ["a quorum of a witness that has no URL", lines(two, "quorum two")],
    ["a group that needs one who has no URL", lines(one, two, "group g all one two", "quorum g")],
    ["what is no policy", "quorum one\n"],
  ])("are refused, and the publisher with them: %s", (_, text) => {
    expect(() => openWitnesses({ WITNESS_POLICY: text })).toThrow(Malformed);
  });
});
