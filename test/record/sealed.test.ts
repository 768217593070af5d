import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { equal, fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { canonicalBytes, type Json } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { verifyInclusion } from "../../shared/proof/inclusion.ts";
import { showOpenings } from "../../shared/proof/receipt.ts";
import { indexFields } from "../../shared/record/fields.ts";
import { formatPart, parsePart, partContext } from "../../shared/record/part.ts";
import { openingHash, readOpening, seal } from "../../shared/record/sealed.ts";
import { handle } from "../policy/sample.ts";

const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
const fields: Record<string, Json> = {
  outcome: "PAY",
  award: { amount: "12.00", currency: "USD" },
  now: "2026-03-04T12:00:00.000000Z",
  supersedes: null,
};

describe("sealed fields", () => {
  test("are salted leaves in path order, padded with random ones to the type's size", () => {
    const content = seal(fields, 8, random);
    expect(content.leaves.length).toBe(8);
    expect(content.openings.map(({ path }) => path)).toEqual([
      "award",
      "now",
      "outcome",
      "supersedes",
    ]);
    const first = content.openings[0];
    const text = `\u0000["${first?.salt}","award",{"amount":"12.00","currency":"USD"}]`;
    expect(toHex(content.leaves[0] ?? random(0))).toBe(
      createHash("sha256").update(text).digest("hex"),
    );
    expect(equal(content.root, treeOf(content.leaves).root)).toBe(true);
    expect(new Set(content.leaves.map(toHex)).size).toBe(8);
    expect(new Set(content.openings.map(({ salt }) => salt)).size).toBe(4);
  });

  test("tell nothing: the same fields twice share no leaf, root or salt", () => {
    const [one, two] = [seal(fields, 8, random), seal(fields, 8, random)];
    const leaves = new Set([...one.leaves, ...two.leaves].map(toHex));
    expect(leaves.size).toBe(16);
    expect(equal(one.root, two.root)).toBe(false);
  });

  test("fill all leaves, and no more", () => {
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, i]));
    expect(seal(eight, 8, random).openings.length).toBe(8);
    expect(() => seal({ ...eight, ninth: 9 }, 8, random)).toThrow("bug:");
  });

  test("hold no float, undefined or big integer", () => {
    for (const bad of [1.5, Number.POSITIVE_INFINITY, undefined, 1n, [undefined], { a: 0.1 }]) {
      expect(() => seal({ value: bad as Json }, 8, random)).toThrow(Malformed);
    }
  });

  test("each prove to the root, alone, and only with their own salt, path, value and place", () => {
    const content = seal(fields, 8, random);
    const size = 8n;
    const proves = (
      opening: (typeof content.openings)[number],
      index: number,
      proof: readonly Uint8Array[],
    ) =>
      verifyInclusion({
        leafHash: openingHash(opening),
        index: BigInt(index),
        size,
        proof,
        root: content.root,
      });
    for (const { opening, index, hashes } of showOpenings(content.leaves, content.openings)) {
      expect(proves(opening, index, hashes)).toBe(true);
      expect(proves({ ...opening, value: "DENY" }, index, hashes)).toBe(false);
      expect(proves({ ...opening, path: "other" }, index, hashes)).toBe(false);
      const salt = Buffer.from(random(32)).toString("base64");
      expect(proves({ ...opening, salt }, index, hashes)).toBe(false);
      expect(proves(opening, index ^ 1, hashes)).toBe(false);
      expect(proves(opening, index, hashes.slice(1))).toBe(false);
    }
    const foreign = seal(fields, 8, random).openings;
    expect(() => showOpenings(content.leaves, foreign)).toThrow(Malformed);
  });
});

describe("an opening's JSON", () => {
  const salt = Buffer.alloc(32, 7).toString("base64");
  test("is salt, path, value", () => {
    expect(readOpening([salt, "a", null])).toEqual({ salt, path: "a", value: null });
  });
  const bad: Json[] = [
    ...[null, {}, [], [salt, "a"], [salt, "a", 1, 2], [salt, 1, 1], ["", "a", 1]],
    [salt.slice(4), "a", 1],
    [`${salt.slice(0, -1)} `, "a", 1],
    [salt.replace("=", ""), "a", 1],
    [salt, "a".repeat(101), 1],
  ];
  test("otherwise is malformed", () => {
    for (const json of bad) expect(() => readOpening(json)).toThrow(Malformed);
  });
});

describe("a part", () => {
  const { openings } = seal(fields, 8, random);

  test("reads exactly what is written", () => {
    expect(parsePart(formatPart(openings))).toEqual(openings);
    expect(parsePart(formatPart([]))).toEqual([]);
    const text = fromUtf8(formatPart(openings));
    for (const bad of [`${text} `, text.replace("[", "[ "), "{}", "[1]", text.slice(1)]) {
      expect(() => parsePart(utf8(bad))).toThrow(Malformed);
    }
  });

  test("is bound to its place: every part of its context changes the context", () => {
    const root = random(32);
    const name = { person: handle("a"), class: "financial" } as const;
    const contexts = [
      partContext("o/a", handle("3"), 1n, root, name),
      partContext("o/b", handle("3"), 1n, root, name),
      partContext("o/a", handle("4"), 1n, root, name),
      partContext("o/a", handle("3"), 2n, root, name),
      partContext("o/a", handle("3"), 1n, random(32), name),
      partContext("o/a", handle("3"), 1n, root, { ...name, person: handle("b") }),
      partContext("o/a", handle("3"), 1n, root, { ...name, class: "identity-and-health" }),
    ];
    expect(new Set(contexts.map(toHex)).size).toBe(contexts.length);
  });
});

test("a stream's field index points to the newest record that carries each referable field", () => {
  const at = (version: bigint, ...paths: string[]) => ({
    version,
    openings: paths.map((path) => ({ path, salt: `${path}${version}` })),
  });
  fc.assert(
    fc.property(
      fc.array(fc.subarray(["limit", "start", "reason"]), { maxLength: 6 }),
      (records) => {
        let index = {};
        const newest = new Map<string, bigint>();
        records.forEach((paths, i) => {
          const version = BigInt(i + 1);
          index = indexFields(index, version, at(version, ...paths).openings, ["limit", "start"]);
          for (const path of paths) if (path !== "reason") newest.set(path, version);
        });
        expect(index).toEqual(
          Object.fromEntries(
            [...newest].map(([path, version]) => [path, { version, salt: `${path}${version}` }]),
          ),
        );
      },
    ),
  );
  expect(canonicalBytes({}).length).toBe(2);
});
