import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { caseFacts } from "../../shared/coverage/cases.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import type { GoldenCase } from "../../shared/coverage/golden-case.ts";
import { readPack } from "../../shared/coverage/pack.ts";
import { isNone, Question } from "../../shared/coverage/question.ts";
import { maxExpressionLength } from "../../shared/coverage/words.ts";
import { evaluateByThePage } from "./by-the-page.ts";
import { generated } from "./generated.ts";
import { packJson, rule, thenKey } from "./sample.ts";

const { parameters, tables, ...vectors } = JSON.parse(
  readFileSync(new URL("language.json", import.meta.url), "utf8"),
) as {
  parameters: Record<string, unknown>;
  tables: Record<string, unknown>;
  facts: GoldenCase["facts"];
  int: [string, string | null][];
  bool: [string, boolean | null][];
};
const facts = caseFacts("loss", vectors.facts);

/** What expressions of one type give by the engine: null for no result. */
function gives(type: "int" | "bool", expressions: readonly string[]): unknown[] {
  const rules = expressions.map((expression, index) => ({
    id: `r${index}`,
    ...(type === "int" ? { amount: expression, [thenKey]: "PAY" } : { when: expression }),
  }));
  const pack = compilePack(readPack(packJson(rules.map(rule), { parameters, tables })));
  const question = new Question(pack, facts);
  return pack.rules.map(({ when, amount }) => {
    const found = amount ? question.amount(amount) : question.holds(when);
    return isNone(found) ? null : typeof found === "bigint" ? found.toString() : found;
  });
}

test.each(["int", "bool"] as const)("docs/spec/expression-language.md: %s", (type) => {
  const expressions = vectors[type].map(([expression]) => expression);
  const found = gives(type, expressions).map((value, index) => [expressions[index], value]);
  expect(found).toEqual(vectors[type]);
});

/** What rules see of `facts` by docs/spec/rule-pack.md, "What a rule can read". */
const names = {
  basisDay: 18_293n,
  claim: {
    event: "service",
    hasContracted: false,
    claimed: 10_000n,
    diagnoses: ["icd-10:C44.3", "icd-10:I21"],
    lines: [],
  },
  policy: { present: false },
  insured: { hasBirthDay: false },
  p: { one: 1n, codes: ["a", "b"] },
  t: { open: 7n },
};

test("the page alone gives the same: a program that follows it and uses no library", () => {
  for (const type of ["int", "bool"] as const) {
    for (const [expression, value] of vectors[type]) {
      const found = evaluateByThePage(expression, names) ?? null;
      expect([expression, typeof found === "bigint" ? found.toString() : found]).toEqual([
        expression,
        value,
      ]);
    }
  }
});

test.each(["int", "bool"] as const)("and so for random expressions: %s", (type) => {
  const short = generated[type].filter(({ length }) => length <= maxExpressionLength);
  fc.assert(
    fc.property(fc.array(short, { minLength: 40, maxLength: 40 }), (expressions) => {
      const found = gives(type, expressions).map((value, index) => [expressions[index], value]);
      const expected = expressions.map((expression) => {
        const value = evaluateByThePage(expression, names) ?? null;
        return [expression, typeof value === "bigint" ? value.toString() : value];
      });
      expect(found).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});
