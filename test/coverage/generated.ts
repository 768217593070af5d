import fc from "fast-check";

/** Random expressions of the language, by type, over the names of test/coverage/language.test.ts. */
export const generated = fc.letrec<Record<"int" | "bool" | "string", string>>((tie) => {
  const edge = [0n, 1n, -1n, 2n, 3n, -7n, 10n, 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)];
  const integer = fc.oneof(fc.constantFrom(...edge), fc.bigInt({ min: -20n, max: 20n }));
  const [int, bool, string] = [tie("int"), tie("bool"), tie("string")];
  const text = fc.constantFrom("''", "'a'", '"ab"', "'\\uFFFD'", "'\\U0001F600'", "'\\n'");
  const binary = (operators: readonly string[], side: fc.Arbitrary<string>) =>
    fc.tuple(side, fc.constantFrom(...operators), side).map(([a, op, b]) => `(${a} ${op} ${b})`);
  const listOf = (item: fc.Arbitrary<string>) =>
    fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(", ")}]`);
  const choice = (side: fc.Arbitrary<string>) =>
    fc.tuple(bool, side, side).map(([c, a, b]) => `(${c} ? ${a} : ${b})`);
  const macro = fc
    .tuple(listOf(int), fc.constantFrom("exists", "all"), fc.constantFrom(">", "==", "!="), integer)
    .map(([list, name, op, b]) => `${list}.${name}(x, 12 / x ${op} ${b})`);
  const rounding = fc.constantFrom("half-even", "down", "up");
  return {
    int: fc.oneof(
      { maxDepth: 3 },
      integer.map(String),
      fc.constantFrom("claim.claimed", "claim.contracted", "p.one", "p.later", "t.share", "t.open"),
      binary(["+", "-", "*", "/", "%"], int),
      int.map((a) => `-(0 + ${a})`),
      choice(int),
      fc
        .tuple(fc.constantFrom("least", "greatest"), int, int)
        .map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(int, int, int, rounding).map(([a, b, c, r]) => `mulDiv(${a}, ${b}, ${c}, "${r}")`),
    ),
    bool: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("true", "false", "policy.present", "claim.hasContracted"),
      binary(["&&", "||"], bool),
      binary(["<", "<=", ">", ">=", "==", "!="], int),
      binary(["<", "<=", ">", ">=", "==", "!="], string),
      binary(["==", "!="], bool),
      bool.map((a) => `!(${a})`),
      choice(bool),
      fc.tuple(int, listOf(int)).map(([a, list]) => `(${a} in ${list})`),
      string.map((a) => `(${a} in p.codes)`),
      fc.tuple(string, string).map(([a, b]) => `(${a}).startsWith(${b})`),
      macro,
    ),
    string: fc.oneof({ maxDepth: 2 }, text, fc.constant("claim.event"), choice(string)),
  };
});
