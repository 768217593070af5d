import { expect, test } from "@jest/globals";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { canonicalText, type Json } from "../../shared/base/canonical.ts";

/* RFC 8785 by another's hand: whatever order keys lie in, integer-like ones included, the text is the one that `canonicalize` writes. */
const key = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "1", "2", "10", "__proto__", "toJSON", "a", "B", "é", "\u{1f600}", "\ufb33"),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.array(tie("json"), { maxLength: 5 }),
    fc
      .array(fc.tuple(key, tie("json")), { maxLength: 6 })
      .map((pairs) => Object.fromEntries(pairs) as Json),
  ),
}));

test("the text is RFC 8785's, whatever order the keys lie in", () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalText(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  [{ 10: "x", 9: "y" }, '{"10":"x","9":"y"}'],
  [[{ z: [], a: { d: 1, c: 2 } }], '[{"a":{"c":2,"d":1},"z":[]}]'],
])("keys out of order are put in order: %j", (value, text) => {
  expect(canonicalText(value)).toBe(text);
});
