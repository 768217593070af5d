import { type CelMap, type CelResult, celEnv, celList, celMap, plan } from "@bufbuild/cel";
import { type Day, parseDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import type { Variables } from "./bindings.ts";
import { type Expression, readExpression } from "./expression.ts";
import { type Pack, packHash } from "./pack.ts";
import type { Parameter, Rule } from "./pack-form.ts";
import { type Scope, scopeOf, typeName } from "./types.ts";

/** A pack ready to judge: every expression checked and planned once. */
export interface CompiledPack {
  readonly pack: Pack;
  readonly hash: string;
  readonly from: Day;
  /** The first day no longer in force; null while open. */
  readonly to: Day | null;
  readonly parameters: CelMap;
  readonly rules: readonly CompiledRule[];
}
export interface CompiledRule {
  readonly rule: Rule;
  readonly when: Evaluate;
  /** Null: what was claimed, or, of a REFER rule, nothing. */
  readonly amount: Evaluate | null;
}
type Evaluate = (variables: Variables) => CelResult;

/** The most steps one claim can cost, all rules together: some tens of milliseconds. */
export const maxSteps = 100_000;

const environment = celEnv();

/** Checks and plans every expression of `pack`; throws Malformed("rules[2].when", …) on the first outside the subset. */
export function compilePack(pack: Pack): CompiledPack {
  const scope = scopeOf(pack);
  let steps = 0;
  const expression = (source: string, type: "bool" | "int", where: string): Evaluate => {
    const read = readTyped(source, type, scope, where);
    steps += read.steps;
    if (steps > maxSteps) throw new Malformed(where, `takes the pack over ${maxSteps} steps`);
    return plan(environment, read.parsed);
  };
  const rules = pack.rules.map((rule, index) => {
    const when = expression(rule.when, "bool", `rules[${index}].when`);
    if (rule.then === "REFER" || rule.amount === undefined) return { rule, when, amount: null };
    return { rule, when, amount: expression(rule.amount, "int", `rules[${index}].amount`) };
  });
  return {
    pack,
    hash: packHash(pack),
    from: parseDay(pack.effective.from, "effective.from"),
    to: pack.effective.to === null ? null : parseDay(pack.effective.to, "effective.to"),
    parameters: bindParameters(pack),
    rules,
  };
}

function readTyped(source: string, type: "bool" | "int", scope: Scope, where: string): Expression {
  const read = readExpression(source, scope, where);
  if (read.type === type) return read;
  throw new Malformed(where, `is ${typeName(read.type)} where ${type} is needed`);
}

function bindParameters(pack: Pack): CelMap {
  const entries = Object.entries(pack.parameters);
  return celMap(
    new Map(entries.map(([name, value]) => [name, bind(value, `parameters.${name}`)] as const)),
  );
}

function bind(value: Parameter, where: string) {
  if (Array.isArray(value)) return celList(value.map(exact));
  return typeof value === "object" ? parseDay(value.date, where) : exact(value);
}

const exact = <T extends string | boolean>(value: T | number): T | bigint =>
  typeof value === "number" ? BigInt(value) : value;
