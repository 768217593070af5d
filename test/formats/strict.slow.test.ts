import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { formatPolicy, parsePolicy } from "../../shared/log/policy-file.ts";
import { bundleFormats } from "./bundle.ts";
import { readersIn } from "./exported.ts";
import { logFormats } from "./log.ts";
import { mutated, mutation } from "./mutation.ts";
import { policy } from "./policy.ts";
import { proofFormats } from "./proof.ts";
import { recordFormats } from "./record.ts";

/*
 * "A parser accepts exactly what its formatter writes", for every parser of a log, a proof, a record and a bundle: what is written reads back,
 * and of changed bytes none passes for something that would be written otherwise.
 */
const formats = [...logFormats, ...proofFormats, ...recordFormats, ...bundleFormats];

/** Readers that are no parser of bytes, or read more than is written; each with what holds it instead. */
const others: Readonly<Record<string, string>> = {
  parsePolicy: "tlog-policy allows comments and spaces: its own properties are below",
  parseWitnessPolicy: "is parsePolicy's reading without logs: test/log/witness-policy.test.ts",
  openNote: "verifies what parseNote read: test/log/note.test.ts",
  openCheckpoint: "verifies what parseNote and parseCheckpoint read: test/log/checkpoint.test.ts",
  openRequest: "verifies what parseAddCheckpoint read: test/proof/add-checkpoint.test.ts",
  readUnanchored: "says what parseReceipt read: test/proof/receipt.test.ts",
  readPublic: "judges the members that parseRecord read: test/record/record.test.ts",
};

test("every parser of the rooms log, proof and record is held to it, or named with what holds it", () => {
  const held = new Set([...formats.map(({ name }) => name.split(" ")[0]), ...Object.keys(others)]);
  const there = readersIn(["log", "proof", "record"]);
  expect(there.length).toBeGreaterThan(20);
  expect(there.filter((name) => !held.has(name))).toEqual([]);
  expect(Object.keys(others).filter((name) => !there.includes(name))).toEqual([]);
});

describe.each(formats.map((format) => [format.name, format] as const))("%s", (_, format) => {
  test("reads back what is written", () => format.readsBack());
  test("of changed bytes reads nothing that is written otherwise", () => format.takesNothingElse());
});

describe("parsePolicy, whose format has many spellings of one policy", () => {
  test("reads back what is written", () => {
    fc.assert(fc.property(policy, (it) => expect(parsePolicy(formatPolicy(it))).toStrictEqual(it)));
  });

  test("of changed bytes reads only keys that stand there, and what is written of it means the same", () => {
    let refused = 0;
    fc.assert(
      fc.property(policy, mutation, (it, change) => {
        const changed = mutated(formatPolicy(it), change);
        const read = unlessMalformed(() => parsePolicy(changed));
        if (!read) return void refused++;
        const text = fromUtf8(changed);
        for (const { key } of [...read.logs, ...read.witnesses]) {
          expect(text).toContain(formatVerifierKey(key));
        }
        expect(parsePolicy(formatPolicy(read))).toStrictEqual(read);
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});
