import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { compiled, pack } from "./sample.ts";

/** Where and how the compiler refuses `when`. */
function refusal(...rules: readonly Record<string, unknown>[]): string {
  try {
    compilePack(pack(...rules));
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
  return "accepted";
}

describe("a pack's language is smaller than CEL", () => {
  test.each([
    ["'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", "applies matches"],
    ["claim.claimed * 1.5 > 2.0", "literal"],
    ["double(claim.claimed) > 0", "applies double"],
    ["1.0 == 1.0", "literal"],
    ["1u == 1u", "literal"],
    ["b'a' == b'a'", "a text of a kind"],
    ["null == null", "literal"],
    ["timestamp('2020-01-01T00:00:00Z') == timestamp('2020-01-01T00:00:00Z')", "timestamp"],
    ["duration('1h') == duration('1h')", "duration"],
    ["int('1') == 1", "applies int"],
    ["size(claim.lines) == 1", "applies size"],
    ["'a' + 'b' == 'ab'", "applies _+_"],
    ["claim.lines.exists_one(x, true)", "uses exists_one"],
    ["claim.lines.map(x, x.claimed) == [1]", "uses map"],
    ["claim.lines.filter(x, true) == claim.lines", "uses filter"],
    ["has(claim.contracted)", "has()"],
    ["claim['claimed'] == 1", "applies _[_]"],
    ["p.numbers[0] == 1", "applies _[_]"],
    ["{'a': 1}.a == 1", "map"],
    ["claim == claim", "applies _==_"],
    ["p.codes == p.codes", "applies _==_"],
    ["[1, 'a'].exists(x, true)", "one kind"],
    ["[].exists(x, true)", "one kind"],
    ["1 in p.codes", "applies @in"],
    ["true ? 1 : 'a'", "applies _?_:_"],
    ["true < false", "applies _<_"],
    ["now() > 1", "applies now"],
    ["9223372036854775808 > 0", "64 bits"],
  ])("%s", (when, says) => {
    const found = refusal({ when: "true" }, { when });
    expect(found).toMatch(/^rules\[1\]\.when: /);
    expect(found).toContain(says);
  });

  test.each([
    ["claim.amount == 1", "names field amount"],
    ["claims.claimed == 1", "names claims"],
    ["p.unknown == 1", "names field unknown"],
    ["p.constructor == 1", "names field constructor"],
    ["basisDay.year == 1", "names field year"],
    ["claim.lines.exists(x, y.claimed == 1)", "names y"],
    ["claim.lines.exists(x, x.claimed == 1) && x.claimed == 1", "names x"],
    ["claim.lines.exists(claim, true)", "second meaning"],
    ["claim.event.exists(x, true)", "not a list"],
    ["claim.lines.exists(x, x.claimed)", "tests a int"],
  ])("unknown or misused names: %s", (when, says) => {
    expect(refusal({ when })).toContain(says);
  });

  test("a condition is a truth value, an amount an integer", () => {
    expect(refusal({ when: "claim.claimed" })).toBe("rules[0].when: is int where bool is needed");
    expect(refusal({ when: "claim.event" })).toBe("rules[0].when: is string where bool is needed");
    expect(refusal({ amount: "true" })).toBe("rules[0].amount: is bool where int is needed");
    expect(refusal({ amount: "p.codes" })).toContain("is list of string where int is needed");
  });

  test("text that is not CEL", () => {
    for (const when of ["claim.claimed ==", "1 2", "(1", "1 +* 2", "let", "claim.in"]) {
      expect(refusal({ when })).toBe("rules[0].when: is not a CEL expression");
    }
  });

  test.each([
    ["'", 1],
    ["1 == 'a", 6],
    ["a; b", 2],
    ["  => 1", 3],
    ["\u0000", 1],
    ["p.n\u00e4me == 1", 4],
    ["'\\q' == 'q'", 1],
    ["'a\nb' == 'a'", 1],
    ["`p`.name == 'x'", 1],
    ["1 +\f1 == 2", 4],
  ])("%j can't be read from character %d on", (when, at) => {
    expect(refusal({ when })).toBe(`rules[0].when: can't be read from character ${at} on`);
  });

  test.each([
    ["true // always", "has a comment"],
    ["r'a' == 'a'", "a text of a kind"],
    ["'''a''' == 'a'", "a text of a kind"],
    ["-(-claim.claimed) == 1", "a minus sign before a minus sign"],
    ["--1 == 1", "a minus sign before a minus sign"],
    ["1 - (2 * ((-(-1)))) == 1", "a minus sign before a minus sign"],
    ["- 9223372036854775808 < 0", "64 bits"],
    [".basisDay == 1", "starts at a dot"],
    ["1 == .basisDay", "starts at a dot"],
  ])("what CEL has and a pack has not: %s", (when, says) => {
    expect(refusal({ when })).toContain(says);
  });

  test.each([["1 - -1 == 2"], ["-(1 - -1) == -2"], ["1 in [-1, -(1)]"], ["-1 in [1]"]])(
    "a sign after an operator is none too many: %s",
    (when) => {
      expect(refusal({ when })).toBe("accepted");
    },
  );
});

describe("the work of a pack is bounded", () => {
  const nested = (depth: number) => `${"(".repeat(depth)}true${")".repeat(depth)}`;
  const tests = (count: number) => Array(count).fill("true").join(" && ");

  test("brackets, depth, nodes, nested macros", () => {
    expect(refusal({ when: nested(16) })).toBe("accepted");
    expect(refusal({ when: nested(17) })).toContain("nests brackets deeper than 16");
    expect(refusal({ when: `${"!".repeat(18)}true` })).toBe("accepted");
    expect(refusal({ when: `${"true ? true : ".repeat(30)}true` })).toContain("nests deeper");
    expect(refusal({ when: tests(100) })).toBe("accepted");
    expect(refusal({ when: tests(101) })).toContain("over 200 nodes");
    const over = (inner: string) => `p.codes.exists(a, p.codes.exists(b, ${inner}))`;
    expect(refusal({ when: over("a == b") })).toBe("accepted");
    expect(refusal({ when: over("p.codes.exists(c, a == c)") })).toContain("nests more than 2");
  });

  test("steps: loops over lines count with the most lines a claim may have", () => {
    const when = "claim.lines.all(a, claim.lines.all(b, a.claimed >= b.claimed))";
    expect(refusal({ when })).toBe("accepted");
    expect(refusal({ when }, { when })).toBe("rules[1].when: takes the pack over 100000 steps");
  });
});

test("the planned rules answer", () => {
  expect(compiled({ when: "claim.claimed > 1" }).rules).toHaveLength(1);
});
