import { type CelFunc, CelScalar, celEnv, celFunc, type parse, plan } from "@bufbuild/cel";
import * as fc from "fast-check";
import { Malformed } from "../../../shared/base/malformed.ts";
import { adjudicate } from "../../../shared/coverage/adjudicate.ts";
import { bindFacts } from "../../../shared/coverage/bindings.ts";
import { type CompiledPack, compilePack } from "../../../shared/coverage/compile.ts";
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

const rows = [
  { from: 0, to: 40, value: 30_000 },
  { from: 40, to: 60, value: 10_000 },
];
const pack = readPack(
  packJson([rule({})], {
    parameters: sample.parameters,
    tables: { [sample.table]: { by: "insured.ageYears", dated: [{ from: "1800-01-01", rows }] } },
  }),
);
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
  const found = { compared: 0, valued: 0, excepted: 0, refused: 0, disagreements: [] as string[] };
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
function parametersOf({ parameters }: Pack, day?: bigint): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const plain = plainOn(value, day);
      return plain === undefined ? [] : [[name, plain]];
    }),
  );
}

const dayOf = (date: string): bigint => BigInt(Date.parse(date)) / 86_400_000n;

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

/**
 * Runs the engine on `count` random claims of `pack` and every rule it tried by the second evaluator: each condition in the trace, each table's
 * row and the amount must come out alike.
 */
export function agreeOnPack(pack: Pack, count: number, seed: number): Agreement {
  const engine = compilePack(pack);
  const rules = new Map(
    pack.rules.map((rule) => {
      const source = rule.then === "REFER" ? undefined : rule.amount;
      const amount = source === undefined ? undefined : secondEvaluator(source);
      return [rule.id, { when: secondEvaluator(rule.when), amount }] as const;
    }),
  );
  const found = { compared: 0, valued: 0, excepted: 0, refused: 0, disagreements: [] as string[] };
  for (const facts of fc.sample(randomFacts(pack.dateBasis, nearOf(engine)), {
    numRuns: count,
    seed,
  })) {
    const { basisDay } = facts;
    const names = { ...namesOf(facts), p: parametersOf(pack, basisDay) };
    const t = Object.fromEntries(
      Object.entries(pack.tables ?? {}).flatMap(([name, table]) => {
        const key = secondEvaluator(table.by)({ ...names, t: {} });
        const entry = table.dated.findLast(({ from }) => dayOf(from) <= basisDay);
        const row = entry?.rows.find(
          ({ from, to }) =>
            typeof key === "bigint" && key >= BigInt(from) && (to === null || key < BigInt(to)),
        );
        if (row === undefined) return [];
        return [[name, typeof row.value === "number" ? BigInt(row.value) : row.value]];
      }),
    );
    let tried = "";
    for (const step of adjudicate(engine, facts).trace as Record<string, unknown>[]) {
      if (typeof step.rule === "string") tried = step.rule;
      const checked =
        "when" in step
          ? ([step.when, rules.get(tried)?.when] as const)
          : "amount" in step
            ? ([step.amount, rules.get(tried)?.amount] as const)
            : undefined;
      if (checked?.[1] === undefined) continue;
      const second = checked[1]({ ...names, t });
      const spoken =
        second === "no result" ? "error" : typeof second === "bigint" ? `${second}` : second;
      found.compared += 1;
      if (spoken !== "error") found.valued += 1;
      if (spoken !== checked[0]) {
        found.disagreements.push(`${pack.id} ${tried}: ${checked[0]}, ${spoken}`);
      }
    }
  }
  return found;
}

/** Days, codes and amounts that a pack's parameters and rows name. */
function nearOf({ pack: { parameters, tables, effective } }: CompiledPack) {
  const flat = JSON.stringify([parameters, tables, effective]);
  const all = (pattern: RegExp): string[] => flat.match(pattern) ?? [];
  return {
    days: all(/\d{4}-\d{2}-\d{2}/g).map(dayOf),
    codes: all(/icd-10:[A-Z0-9.]+/g).map((code) => (code.length > 7 ? code : `${code}00`)),
    minor: all(/(?<=[:,[])\d{3,15}(?=[,\]}])/g).map(BigInt),
  };
}
