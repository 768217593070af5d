import { celMap } from "@bufbuild/cel";
import type { Json } from "../base/canonical.ts";
import { bindFacts, type Variables } from "./bindings.ts";
import type { CompiledPack } from "./compile.ts";
import type { CompiledExpression } from "./compiled-expression.ts";
import type { Facts } from "./facts.ts";
import { readOf } from "./facts-read.ts";
import type { EngineReason } from "./reasons.ts";
import type { Found } from "./tables.ts";

/** Why an expression has no result. */
export interface NoResult {
  readonly none: EngineReason;
}
/** What an expression gives: a truth value of a condition, an integer of an amount. */
export type Answer<Value> = Value | NoResult;

export const isNone = <Value>(answer: Answer<Value>): answer is NoResult =>
  typeof answer === "object" && answer !== null && "none" in answer;

/** What the pack's expressions see of `facts`, and what each table gave. */
export function variablesOf(
  pack: CompiledPack,
  facts: Facts,
): { readonly variables: Variables; readonly found: ReadonlyMap<string, Found> } {
  const { basisDay } = facts;
  const bound = bindFacts(facts, pack.parametersOn(basisDay));
  const found = new Map(
    pack.tables.map(({ name, lookUp }) => [name, lookUp(basisDay, bound)] as const),
  );
  const rows = [...found].flatMap(([name, { value }]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { variables: { ...bound, t: celMap(new Map(rows)) }, found };
}

/** One claim before a pack: what its expressions see, and the trace of what they gave. */
export class Question {
  readonly trace: Json[];
  readonly #variables: Variables;
  readonly #found: ReadonlyMap<string, Found>;
  /** Tables whose row the trace has. */
  readonly #shown = new Set<string>();

  constructor(pack: CompiledPack, facts: Facts) {
    this.trace = [{ read: readOf(pack.pack, facts) }];
    const { variables, found } = variablesOf(pack, facts);
    this.#variables = variables;
    this.#found = found;
  }

  /** Whether a condition holds. */
  holds(condition: CompiledExpression): Answer<boolean> {
    const value = this.#evaluate(condition);
    return typeof value === "boolean" ? value : { none: this.#whyNone(condition) };
  }

  /** What an amount comes to. */
  amount(amount: CompiledExpression): Answer<bigint> {
    const value = this.#evaluate(amount);
    return typeof value === "bigint" ? value : { none: this.#whyNone(amount) };
  }

  /** Evaluates `expression`; a table it names first goes into the trace, once. */
  #evaluate({ evaluate, tables }: CompiledExpression) {
    for (const table of tables) {
      if (this.#shown.has(table)) continue;
      this.#shown.add(table);
      const { key, value } = this.#found.get(table) ?? { key: null, value: null };
      this.trace.push({ table, key: key?.toString() ?? null, value: value?.toString() ?? null });
    }
    return withoutStacks(() => evaluate(this.#variables));
  }

  /** A table's missing row is the reason where the expression names the table and its key is known. */
  #whyNone({ tables }: CompiledExpression): EngineReason {
    const missing = tables.some((name) => {
      const found = this.#found.get(name);
      return found !== undefined && found.key !== null && found.value === null;
    });
    return missing ? "TABLE_ROW_MISSING" : "RULE_ERROR";
  }
}

/**
 * What `evaluate` gives. Where an expression has no result the library makes an Error, once per item of a list, and the stack it records, which
 * nobody reads, is ten times the work of all else (bench `rules.heaviest`).
 */
function withoutStacks<Value>(evaluate: () => Value): Value {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return evaluate();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
