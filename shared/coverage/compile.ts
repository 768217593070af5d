import { type Day, parseDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import type { CompiledExpression } from "./compiled-expression.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { evaluatorOf } from "./evaluator.ts";
import { readExpression } from "./expression.ts";
import { type Pack, packHash } from "./pack.ts";
import { type ParametersOn, parametersOn } from "./parameters.ts";
import type { Rule } from "./rule-form.ts";
import { stepsOf } from "./rule-steps.ts";
import { scopeOf, scopeOfKeys } from "./scope.ts";
import { boundOf } from "./step-form.ts";
import { type CompiledTable, compileTable } from "./tables.ts";
import { type Scope, typeName } from "./types.ts";

/** A pack ready to judge: every expression checked and planned once. */
export interface CompiledPack {
  readonly pack: Pack;
  readonly hash: string;
  readonly from: Day;
  /** The first day no longer in force; null while open. */
  readonly to: Day | null;
  readonly parametersOn: ParametersOn;
  readonly tables: readonly CompiledTable[];
  /** The rules that are no exception, in order. */
  readonly rules: readonly CompiledRule[];
  /** Whether any rule has steps, which add up over the claims of a policy. */
  readonly accumulates: boolean;
}
export interface CompiledRule {
  readonly rule: Rule;
  readonly when: CompiledExpression;
  /** Null: what was claimed, or, of a REFER rule, nothing. */
  readonly amount: CompiledExpression | null;
  /** What reduces the amount, in order. */
  readonly steps: readonly CompiledStep[];
  /** The rules that take this one's place where they hold, in order. */
  readonly exceptions: readonly CompiledRule[];
}

/** Checks and plans one expression that must give `type`; throws Malformed(where, …). */
export type Compile = (
  source: string,
  type: "bool" | "int",
  where: string,
  scope?: Scope,
) => CompiledExpression;

/** The most steps one claim can cost, all rules together: some tens of milliseconds. */
export const maxSteps = 100_000;

/** Checks and plans every expression of `pack`; throws Malformed("rules[2].when", …) on the first outside the subset. */
export function compilePack(pack: Pack): CompiledPack {
  const compile = compiler(scopeOf(pack));
  const keys = scopeOfKeys(pack);
  const tables = Object.entries(pack.tables ?? {}).map(([name, table]) =>
    compileTable(name, table, compile(table.by, "int", `tables.${name}.by`, keys)),
  );
  return {
    pack,
    hash: packHash(pack),
    from: parseDay(pack.effective.from, "effective.from"),
    to: pack.effective.to === null ? null : parseDay(pack.effective.to, "effective.to"),
    parametersOn: parametersOn(pack.parameters),
    tables,
    rules: compileRules(pack.rules, compile),
    accumulates: pack.rules.some((rule) => stepsOf(rule).length > 0),
  };
}

/** A compiler whose expressions share the pack's steps. */
function compiler(scopeOfRules: Scope): Compile {
  let steps = 0;
  return (source, type, where, scope = scopeOfRules) => {
    const read = readExpression(source, scope, where);
    if (read.type !== type) {
      throw new Malformed(where, `is ${typeName(read.type)} where ${type} is needed`);
    }
    steps += read.steps;
    if (steps > maxSteps) throw new Malformed(where, `takes the pack over ${maxSteps} steps`);
    return { evaluate: evaluatorOf(read.parsed), tables: read.tables };
  };
}

function compileRules(rules: readonly Rule[], compile: Compile): CompiledRule[] {
  const compiled = rules.map((rule, index) => ({
    rule,
    when: compile(rule.when, "bool", `rules[${index}].when`),
    amount:
      rule.then === "REFER" || rule.amount === undefined
        ? null
        : compile(rule.amount, "int", `rules[${index}].amount`),
    steps: compileSteps(rule, `rules[${index}]`, compile),
    exceptions: [],
  }));
  const exceptionsTo = (base: string | undefined) =>
    compiled.filter(({ rule }) => rule.exceptionTo === base);
  return exceptionsTo(undefined).map((base) => ({
    ...base,
    exceptions: exceptionsTo(base.rule.id),
  }));
}

const compileSteps = (rule: Rule, where: string, compile: Compile): CompiledStep[] =>
  stepsOf(rule).map((step, index) => {
    const [source] = boundOf(step);
    const field = step.kind === "coinsurance" ? "rate" : "amount";
    const at = `${where}.steps[${index}].${field}`;
    return { step, bound: source === undefined ? null : compile(source, "int", at) };
  });
