import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseJson } from "../../shared/api/json-text.ts";
import { utf8 } from "../../shared/base/bytes.ts";

const read = (text: string) => parseJson(utf8(text), "body");

describe("parseJson", () => {
  test("reads any JSON value with whole strings as JSON.parse does", () => {
    const value = fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" });
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (json, indent) => {
        const text = JSON.stringify(json, null, indent);
        fc.pre(!/\\u0000|\ufffd/.test(text));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":{},"a" : 2}',
    '{"\\u0061":1,"a":2}',
    '[{"x":[{"a":"}","b":"{\\"","b":0}]}]',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
  ])("refuses a name twice: %s", (text) => expect(() => read(text)).toThrow("same name twice"));

  test.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
    '{"a":["a","a"],"b":"\\"a\\":"}',
    '{"\\\\":1,"\\"":2}',
  ])("takes the same text where it is no second name: %s", (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test("refuses bytes that are not UTF-8, a byte order mark, a trailing word", () => {
    expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]), "body")).toThrow(
      "body: is not UTF-8",
    );
    expect(() => read("\ufeff{}")).toThrow("body: is not JSON");
    expect(() => read("{} x")).toThrow("body: is not JSON");
  });

  test.each(['"caf\ufffd"', '{"\\ufffd":1}'])(
    "refuses U+FFFD, as itself or escaped: %s",
    (text) => {
      expect(() => read(text)).toThrow("in place of what was not UTF-8");
    },
  );

  test("takes 32 levels and refuses 33", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(() => read(nested(32))).not.toThrow();
    expect(() => read(nested(33))).toThrow("deeper than 32 levels");
  });
});
