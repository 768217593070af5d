import type { Expression } from "../expression.ts";
import type { Part } from "../expression-tree.ts";
import type { Pack } from "../pack.ts";
import { stepsOf } from "../rule-steps.ts";
import { scopeOf, scopeOfKeys } from "../scope.ts";
import { boundOf, type Step } from "../step-form.ts";
import { isFinding, readOrFind } from "./expression-findings.ts";
import type { Unplaced } from "./pack-finding.ts";

/** A rule with its expressions read. */
export interface ReadRule {
  readonly index: number;
  readonly rule: Pack["rules"][number];
  readonly when: Expression;
  readonly amount: Expression | null;
  /** What its steps go by, where they have an amount or a rate. */
  readonly steps: readonly ReadStep[];
}

/** The amount or rate of a step, read; `path` is its place in the rule: "steps[2].rate". */
export interface ReadStep {
  readonly step: Step;
  readonly path: string;
  readonly bound: Expression;
}

/** A pack's expressions, read, and what is wrong with those that can't be. */
export interface ReadPack {
  readonly rules: readonly ReadRule[];
  /** What finds each table's row. */
  readonly keys: ReadonlyMap<string, Part>;
  readonly findings: readonly Unplaced[];
}

/** Reads every expression of `pack`, past the first that is wrong. */
export function readRules(pack: Pack): ReadPack {
  const findings: Unplaced[] = [];
  const scope = scopeOf(pack);
  const keysScope = scopeOfKeys(pack);
  const read = (source: string, type: "bool" | "int", where: string, names = scope) => {
    const found = readOrFind(source, type, names, where);
    if (!isFinding(found)) return found;
    findings.push(found);
    return undefined;
  };
  const keys = new Map<string, Part>();
  for (const [name, table] of Object.entries(pack.tables ?? {})) {
    const by = read(table.by, "int", `tables.${name}.by`, keysScope);
    if (by) keys.set(name, by.parsed.expr);
  }
  const rules = pack.rules.flatMap((rule, index) => {
    const when = read(rule.when, "bool", `rules[${index}].when`);
    const source = rule.then === "REFER" ? undefined : rule.amount;
    const amount = source === undefined ? null : read(source, "int", `rules[${index}].amount`);
    const bounds = boundsOf(rule);
    const steps = bounds.flatMap(({ step, path, source: bound }) => {
      const found = read(bound, "int", `rules[${index}].${path}`);
      return found ? [{ step, path, bound: found }] : [];
    });
    if (!when || amount === undefined || steps.length < bounds.length) return [];
    return [{ index, rule, when, amount, steps }];
  });
  return { rules, keys, findings };
}

/** The expressions of a rule's steps, with their place in the rule. */
const boundsOf = (rule: Pack["rules"][number]) =>
  stepsOf(rule).flatMap((step, index) =>
    boundOf(step).map((source) => ({
      step,
      path: `steps[${index}].${step.kind === "coinsurance" ? "rate" : "amount"}`,
      source,
    })),
  );
