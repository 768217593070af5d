import * as fc from "fast-check";

/** What random expressions read besides the facts: parameters and table rows of the pack they are compiled in. */
export const sample = {
  parameters: {
    days: 90,
    big: 9_007_199_254_740_991,
    name: "x",
    codes: ["a", "icd-10:A00"],
    numbers: [1, -2],
    flag: true,
  },
  table: "benefit",
} as const;

const int = fc.oneof(
  fc.bigInt(-20n, 20n),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n) + 1n, 2n ** 32n, 10_000n, 18_293n),
  fc.bigInt(-(2n ** 63n) + 1n, 2n ** 63n - 1n),
);
/** Below the surrogates: the two libraries order the code points above U+FFFF differently, see agreement.test.ts. */
const text = fc.oneof(
  fc.constantFrom("", "a", "illness", "icd-10:A00", "icd-10:A", "b'\"\\", "é漢"),
  fc.stringMatching(/^[a-c]{0,3}$/),
);

const intLeaf = fc.oneof(
  int.map(String),
  fc.constant("(-9223372036854775807 - 1)"),
  fc.constantFrom(
    "basisDay",
    "claim.claimed",
    "claim.contracted",
    "claim.diagnosisDay",
    "policy.startDay",
    "policy.remaining",
    "insured.ageYears",
    "p.days",
    "p.big",
    "t.benefit",
  ),
);
const boolLeaf = fc.constantFrom(
  "true",
  "false",
  "p.flag",
  "policy.present",
  "claim.hasContracted",
  "insured.hasBirthDay",
);
const textLeaf = fc.oneof(
  text.map((each) => JSON.stringify(each)),
  fc.constantFrom("claim.event", "policy.coverage", "p.name"),
);

/** Lists, the name of an item, and expressions of an item by type. */
const loops = [
  { list: "claim.diagnoses", text: "v", int: null },
  { list: "p.codes", text: "v", int: null },
  { list: "p.numbers", text: null, int: "v" },
  { list: "[3, 1, 2]", text: null, int: "v" },
  { list: "claim.lines", text: "v.service", int: "v.claimed" },
  { list: "claim.lines", text: "v.service", int: "v.contracted" },
] as const;

/** Names differ, so that loops may nest: a second meaning of one name is refused. */
const loop = fc.record({
  macro: fc.constantFrom("exists", "all"),
  over: fc.constantFrom(...loops),
  name: fc.integer({ min: 0, max: 99_999 }).map((number) => `v${number}`),
});

const roundings = fc.constantFrom('"half-even"', '"down"', '"up"');
const binary = (signs: readonly string[], side: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(side, fc.constantFrom(...signs), side).map(([a, sign, b]) => `(${a} ${sign} ${b})`);

/**
 * Random well-typed expressions of a pack's language that give a truth value or an integer: every operator, macro and function of
 * docs/spec/expression-language.md.
 */
export const randomExpression = fc.letrec<{ bool: string; int: string; text: string }>((tie) => ({
  int: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    intLeaf,
    binary(["+", "-", "*", "/", "%"], tie("int")),
    // A minus before a minus is refused, so a negative one is subtracted.
    tie("int").map((a) => (/^\(*-/.test(a) ? `(0 - ${a})` : `-(${a})`)),
    fc.tuple(tie("bool"), tie("int"), tie("int")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    fc
      .tuple(fc.constantFrom("least", "greatest"), tie("int"), tie("int"))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    fc
      .tuple(tie("int"), tie("int"), tie("int"), roundings)
      .map((args) => `mulDiv(${args.join(", ")})`),
  ),
  text: fc.oneof(
    { maxDepth: 3 },
    textLeaf,
    fc.tuple(tie("bool"), tie("text"), tie("text")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  bool: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    boolLeaf,
    binary(["<", "<=", ">", ">=", "==", "!="], tie("int")),
    binary(["<", "<=", ">", ">=", "==", "!="], tie("text")),
    binary(["&&", "||", "==", "!="], tie("bool")),
    tie("bool").map((a) => `!${a}`),
    fc.tuple(tie("bool"), tie("bool"), tie("bool")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie("text").map((a) => `(${a} in p.codes)`),
    tie("text").map((a) => `(${a} in claim.diagnoses)`),
    tie("int").map((a) => `(${a} in p.numbers)`),
    fc.tuple(tie("text"), tie("text")).map(([a, b]) => `${a}.startsWith(${b})`),
    fc.tuple(loop, tie("int"), tie("text")).map(([{ macro, over, name }, number, word]) => {
      const named = (item: string): string => item.replace(/^v/, name);
      const test =
        over.int === null ? `${named(over.text)} <= ${word}` : `${named(over.int)} > ${number}`;
      return `${over.list}.${macro}(${name}, ${test})`;
    }),
  ),
}));
