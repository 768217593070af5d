import { describe, expect } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { canonicalText, type Json, parseCanonical } from "../../shared/base/canonical.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { readTar, readVectors, testWithVectors } from "../log/vectors.ts";

/** The files of RFC 8785's own test data by name: what is read, and what must be written. */
function cases(): (readonly [name: string, input: string, output: string])[] {
  const files = readTar(readVectors("rfc8785/input-output.tar.gz"));
  const text = (path: string) => (files.get(path) ?? Buffer.alloc(0)).toString();
  return [...files.keys()]
    .filter((path) => path.startsWith("input/"))
    .map((path) => [path.slice(6), text(path), text(path.replace("input", "output"))]);
}

describe("canonical JSON, by RFC 8785's test data", () => {
  testWithVectors("is written byte for byte; only numbers we do not write are refused", () => {
    const written = cases().map(([name, input, output]) => {
      const value = JSON.parse(input) as Json;
      if (name !== "values.json") return [name, canonicalText(value) === output];
      // Fractions and exponents have no place in our records: with them out, the rest is as expected.
      expect(() => canonicalText(value)).toThrow(Malformed);
      const { numbers, ...rest } = value as Record<string, Json>;
      const numbersText = /"numbers":\[[^\]]*\],?/;
      expect([numbers, output]).toEqual([expect.any(Array), expect.stringMatching(numbersText)]);
      return [name, canonicalText(rest) === output.replace(numbersText, "")];
    });
    expect(Object.fromEntries(written)).toEqual({
      "arrays.json": true,
      "french.json": true,
      "structures.json": true,
      "unicode.json": true,
      "values.json": true,
      "weird.json": true,
    });
  });

  testWithVectors("is read in that spelling and in no other", () => {
    for (const [name, input, output] of cases()) {
      if (name === "values.json") continue;
      expect([name, canonicalText(parseCanonical(utf8(output), "vector"))]).toEqual([name, output]);
      expect(input).not.toBe(output);
      expect(() => parseCanonical(utf8(input), "vector")).toThrow(Malformed);
    }
  });
});
