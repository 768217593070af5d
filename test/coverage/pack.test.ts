import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { packBytes, packHash, parsePack, parsePublishedPack } from "../../shared/coverage/pack.ts";
import { packJson, rule, thenKey } from "./sample.ts";

const parse = (value: unknown) => parsePack(utf8(JSON.stringify(value)));
const refusal = (value: unknown): string => {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  return "accepted";
};

describe("the text of a pack", () => {
  test("is read and written alike, and its hash goes by content, not spelling", () => {
    const read = parse(packJson([rule({})]));
    expect(parsePack(packBytes(read))).toEqual(read);
    const respelled = `\n${JSON.stringify(packJson([rule({})]), null, 4)}`;
    const reordered = Object.fromEntries(Object.entries(packJson([rule({})])).reverse());
    expect(packHash(parsePack(utf8(respelled)))).toBe(packHash(read));
    expect(packHash(parse(reordered))).toBe(packHash(read));
  });

  test.each([
    ["a rule's condition", packJson([rule({ when: "false" })])],
    ["a reason", packJson([rule({ reasonCode: "OTHER" })])],
    ["the words of a clause", packJson([rule({ citation: { clause: "1", text: "Other." } })])],
    ["a parameter", packJson([rule({})], { parameters: { days: 91 } })],
    ["the version", packJson([rule({})], { version: 2 })],
  ])("another hash for another %s", (_, other) => {
    expect(packHash(parse(other))).not.toBe(packHash(parse(packJson([rule({})]))));
  });

  test.each<[string, unknown]>([
    ["pack: is not an object", []],
    ["extra: is no field that this format knows", packJson([rule({})], { extra: 1 })],
    ["rules: has fewer than 1 entries", packJson([])],
    [
      "rules: has more than 200 entries",
      packJson(Array.from({ length: 201 }, (_, i) => rule({ id: `r${i}` }))),
    ],
    ["rules[1].id: is repeated", packJson([rule({}), rule({})])],
    [
      "rules[0].when: is longer than 1000 characters",
      packJson([rule({ when: "x".repeat(1_001) })]),
    ],
    ["rules[0].when: is not well-formed", packJson([rule({ when: "'\ud800' == 'a'" })])],
    ["rules[0].then: is none of PAY, PAY_PART, REFER", packJson([rule({ [thenKey]: "DENY" })])],
    ["rules[0].amount: is missing", packJson([rule({ [thenKey]: "PAY_PART" })])],
    ["rules[0].amount: is no field", packJson([rule({ [thenKey]: "REFER", amount: "1" })])],
    ["rules[0].reasonCode: is reserved", packJson([rule({ reasonCode: "RULE_ERROR" })])],
    ["rules[0].reasonCode: is not an upper-case code", packJson([rule({ reasonCode: "because" })])],
    ["rules[0].citation: is missing", packJson([rule({ citation: undefined })])],
    [
      "effective.from: is not a date",
      packJson([rule({})], { effective: { from: "2020-02-30", to: null } }),
    ],
    [
      "effective.to: is not after",
      packJson([rule({})], { effective: { from: "2020-01-01", to: "2020-01-01" } }),
    ],
    ["parameters.a: is not an integer", packJson([rule({})], { parameters: { a: 1.5 } })],
    [
      "parameters.a: is above 9007199254740991",
      packJson([rule({})], { parameters: { a: 2 ** 53 } }),
    ],
    ["parameters.a: is neither an integer", packJson([rule({})], { parameters: { a: [1, "x"] } })],
    ["parameters.a: has fewer than 1", packJson([rule({})], { parameters: { a: [] } })],
    [
      "parameters.a: has more than 500",
      packJson([rule({})], { parameters: { a: Array(501).fill(1) } }),
    ],
    ["parameters.a.date:", packJson([rule({})], { parameters: { a: { date: "2021-13-01" } } })],
    ["parameters.a-b: is not a name", packJson([rule({})], { parameters: { "a-b": 1 } })],
    ["currency: is none of CNY, EUR", packJson([rule({})], { currency: "XXX" })],
    ["version: is below 1", packJson([rule({})], { version: 0 })],
    ["dateBasis: is none of loss, diagnosis, notice", packJson([rule({})], { dateBasis: "today" })],
  ])("%s", (says, value) => {
    expect(refusal(value).slice(0, says.length)).toBe(says);
  });

  test("bytes that are no JSON, no UTF-8, or too many", () => {
    expect(() => parsePack(utf8("{"))).toThrow("pack: is not JSON");
    expect(() => parsePack(Uint8Array.of(0xff))).toThrow("pack: is not UTF-8");
    expect(() => parsePack(new Uint8Array(262_145))).toThrow("pack: is longer than 262144 bytes");
  });

  test("a published pack is read only in its canonical form", () => {
    const bytes = packBytes(parse(packJson([rule({})])));
    expect(packHash(parsePublishedPack(bytes))).toBe(packHash(parsePack(bytes)));
    const twice = fromUtf8(bytes).replace('"version":1', '"version":2,"version":1');
    expect(packHash(parsePack(utf8(twice)))).toBe(packHash(parsePack(bytes)));
    expect(() => parsePublishedPack(utf8(twice))).toThrow("pack: is not in its canonical form");
  });

  test("200 rules are the most", () => {
    const rules = Array.from({ length: 200 }, (_, i) => rule({ id: `r${i}` }));
    expect(refusal(packJson(rules))).toBe("accepted");
  });
});
