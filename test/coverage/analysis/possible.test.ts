import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Malformed } from "../../../shared/base/malformed.ts";
import { assume } from "../../../shared/coverage/analysis/assume.ts";
import { evaluatePossible, may } from "../../../shared/coverage/analysis/evaluate-possible.ts";
import type { Possible } from "../../../shared/coverage/analysis/possible.ts";
import { worldOf } from "../../../shared/coverage/analysis/world-of-pack.ts";
import { bindFacts } from "../../../shared/coverage/bindings.ts";
import { compilePack } from "../../../shared/coverage/compile.ts";
import { evaluatorOf } from "../../../shared/coverage/evaluator.ts";
import { readExpression } from "../../../shared/coverage/expression.ts";
import { readPack } from "../../../shared/coverage/pack.ts";
import { scopeOf } from "../../../shared/coverage/scope.ts";
import { randomExpression, sample } from "../agreement/random-expression.ts";
import { randomFacts } from "../agreement/random-facts.ts";
import { namesOf } from "../agreement/second-evaluator.ts";
import { packJson, rule } from "../sample.ts";

const rows = [{ from: 0, to: null, value: 30_000 }];
const pack = readPack(
  packJson([rule({})], {
    effective: { from: "1995-01-01", to: null },
    parameters: sample.parameters,
    tables: { [sample.table]: { by: "insured.ageYears", dated: [{ from: "1800-01-01", rows }] } },
  }),
);
const compiled = compilePack(pack);
const world = worldOf(pack);
const scope = scopeOf(pack);
const near = { days: [18_293n], codes: ["a", "icd-10:A00"], minor: [10_000n] };

/** Whether `possible` has `value` in it; not told is anything. */
function holds(possible: Possible | undefined, value: unknown): boolean {
  if (possible === undefined) return true;
  if (possible.kind === "bool") return value === true ? possible.canTrue : possible.canFalse;
  return may(possible, value as string | bigint);
}

function readable(source: string) {
  try {
    return readExpression(source, scope, "random").parsed;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

test("whatever a random expression gives for a random claim was told to be possible, and so was the claim", () => {
  const one = fc.tuple(
    fc.oneof(randomExpression.bool, randomExpression.int),
    fc.array(randomFacts("loss", near), { minLength: 4, maxLength: 4 }),
  );
  let told = 0;
  for (const [source, claims] of fc.sample(one, { numRuns: 400, seed: 20_260_103 })) {
    const parsed = readable(source);
    if (!parsed) continue;
    const possible = evaluatePossible(parsed.expr, world);
    const evaluate = evaluatorOf(parsed);
    const row = { [`t.${sample.table}`]: 30_000n };
    for (const facts of claims.filter(({ basisDay }) => basisDay >= compiled.from)) {
      const value = evaluate({
        ...bindFacts(facts, compiled.parametersOn(facts.basisDay)),
        ...row,
      });
      if (typeof value !== "boolean" && typeof value !== "bigint") continue;
      expect({ source, holds: holds(possible, value) }).toEqual({ source, holds: true });
      if (typeof value !== "boolean") continue;
      const narrowed = assume(parsed.expr, value, world);
      const seen = Object.entries(namesOf(facts).claim as object).flatMap(([field, fact]) => {
        if (typeof fact === "object") return [];
        const path = `claim.${field}`;
        return holds(narrowed?.get(path), fact) ? [] : [`${path} ${fact}`];
      });
      expect({ source, narrowed: narrowed !== undefined, seen }).toEqual({
        source,
        narrowed: true,
        seen: [],
      });
      told += 1;
    }
  }
  expect(told).toBeGreaterThan(200);
});
