import { type CelFunc, CelScalar, celEnv, celFunc, type parse, plan } from "@bufbuild/cel";
import * as fc from "fast-check";
import { Malformed } from "../../../shared/base/malformed.ts";
import { bindFacts } from "../../../shared/coverage/bindings.ts";
import { compilePack } from "../../../shared/coverage/compile.ts";
import { type Evaluate, evaluatorOf } from "../../../shared/coverage/evaluator.ts";
import { readExpression } from "../../../shared/coverage/expression.ts";
import type { Facts } from "../../../shared/coverage/facts.ts";
import { functions } from "../../../shared/coverage/functions.ts";
import { type Pack, readPack } from "../../../shared/coverage/pack.ts";
import { scopeOf } from "../../../shared/coverage/scope.ts";
import { packJson, rule } from "../sample.ts";
import { randomExpression, sample } from "./random-expression.ts";
import { randomFacts } from "./random-facts.ts";
import { namesOf, type Outcome, secondEvaluator } from "./second-evaluator.ts";

/** What a comparison of both evaluators came to. */
export interface Agreement {
  readonly compared: number;
  /** Expressions that both gave a value of, not both no result. */
  readonly valued: number;
  /** Disagreements on −(−2⁶³), −2⁶³ ÷ −1 and −2⁶³ % −1, where the CEL specification says that there is no result. */
  readonly excepted: number;
  /** Expressions outside the subset's bounds, which a pack can't have. */
  readonly refused: number;
  readonly disagreements: readonly string[];
}

export const nothingYet = () => ({
  compared: 0,
  valued: 0,
  excepted: 0,
  refused: 0,
  disagreements: [] as string[],
});

const rows = [
  { from: 0, to: 40, value: 30_000 },
  { from: 40, to: 60, value: 10_000 },
];
export const over = {
  parameters: sample.parameters,
  tables: { [sample.table]: { by: "insured.ageYears", dated: [{ from: "1800-01-01", rows }] } },
};
const pack = readPack(packJson([rule({})], over));
const compiled = compilePack(pack);
const scope = scopeOf(pack);
const { INT } = CelScalar;
const smallest = -(2n ** 63n);

/** Set by an evaluation that comes to an operation where the second library is known to be wrong. */
let met = false;
const watching = (name: string, ofTwo: (a: bigint, b: bigint) => bigint): CelFunc =>
  celFunc(name, [INT, INT], INT, (a, b) => {
    met ||= a === smallest && b === -1n;
    return ofTwo(a, b);
  });
const watched = celEnv({
  funcs: [
    ...functions,
    celFunc("-_", [INT], INT, (a) => {
      met ||= a === smallest;
      return -a;
    }),
    watching("_/_", (a, b) => a / b),
    watching("_%_", (a, b) => a % b),
  ],
});

/** Compares both evaluators on `count` random expressions, each on three random claims. */
export function agreeOnExpressions(count: number, seed: number): Agreement {
  const found = nothingYet();
  const one = fc.tuple(
    fc.oneof(randomExpression.bool, randomExpression.int),
    fc.array(
      randomFacts("loss", { days: [18_293n], codes: ["a", "icd-10:A00"], minor: [10_000n] }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
  );
  for (const [source, claims] of fc.sample(one, { numRuns: count, seed })) {
    const parsed = readable(source);
    if (!parsed) {
      found.refused += 1;
      continue;
    }
    const first = evaluatorOf(parsed);
    const second = secondEvaluator(source);
    for (const facts of claims) {
      const variables = variablesOf(facts);
      const a = outcomeOf(first(variables));
      const b = second({ ...namesOf(facts), p: parametersOf(pack), t: rowsFor(facts) });
      found.compared += 1;
      if (a !== "no result") found.valued += 1;
      if (a === b) continue;
      met = false;
      (plan(watched, parsed) as Evaluate)(variables);
      if (met) found.excepted += 1;
      else found.disagreements.push(`${source}: ${a}, ${b}`);
    }
  }
  return found;
}

function readable(source: string): ReturnType<typeof parse> | undefined {
  try {
    return readExpression(source, scope, "random").parsed;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function variablesOf(facts: Facts) {
  const row = rowsFor(facts).benefit;
  const rows = row === undefined ? {} : { "t.benefit": row };
  return { ...bindFacts(facts, compiled.parametersOn(facts.basisDay)), ...rows };
}

const rowsFor = ({ insured: { hasBirthDay, ageYears } }: Facts): { benefit?: bigint } => {
  const row = rows.find(({ from, to }) => ageYears >= BigInt(from) && ageYears < BigInt(to));
  return hasBirthDay && row ? { benefit: BigInt(row.value) } : {};
};

const outcomeOf = (result: unknown): Outcome =>
  typeof result === "boolean" || typeof result === "bigint" || typeof result === "string"
    ? result
    : "no result";

/** Parameters as plain values, undated ones. */
export function parametersOf({ parameters }: Pack, day?: bigint): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const plain = plainOn(value, day);
      return plain === undefined ? [] : [[name, plain]];
    }),
  );
}

export const dayOf = (date: string): bigint => BigInt(Date.parse(date)) / 86_400_000n;

function plainOn(value: Pack["parameters"][string], day = 0n): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => (typeof each === "number" ? BigInt(each) : each));
  }
  if (typeof value === "number") return BigInt(value);
  if (typeof value !== "object") return value;
  if ("date" in value) return dayOf(value.date);
  const entry = value.dated.findLast(({ from }) => dayOf(from) <= day);
  return entry && plainOn(entry.value);
}
