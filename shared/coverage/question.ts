import type { Json } from "../base/canonical.ts";
import { assert } from "../base/malformed.ts";
import { type Bound, bindFacts, type Variables } from "./bindings.ts";
import type { CompiledPack } from "./compile.ts";
import type { CompiledExpression } from "./compiled-expression.ts";
import type { Facts } from "./facts.ts";
import { readOf } from "./facts-read.ts";
import type { EngineReason } from "./reasons.ts";
import { tablesName } from "./scope.ts";
import type { Found } from "./tables.ts";

/** Why an expression has no result. */
export interface NoResult {
  readonly none: EngineReason;
}
/** What an expression gives: a truth value of a condition, an integer of an amount. */
export type Answer<Value> = Value | NoResult;

export const isNone = <Value>(answer: Answer<Value>): answer is NoResult =>
  typeof answer === "object" && answer !== null && "none" in answer;

/** What the pack's expressions see of `facts`, the row of every table among it. */
export function variablesOf(pack: CompiledPack, facts: Facts): Variables {
  const { basisDay } = facts;
  const bound = bindFacts(facts, pack.parametersOn(basisDay));
  const rows = pack.tables.flatMap(({ name, lookUp }) => {
    const { value } = lookUp(basisDay, bound);
    return value === null ? [] : [[rowName(name), value] as const];
  });
  return { ...bound, ...Object.fromEntries(rows) };
}

const rowName = (table: string): string => `${tablesName}.${table}`;

/** One claim before a pack: what its expressions see, and the trace of what they gave. */
export class Question {
  readonly trace: Json[];
  readonly #pack: CompiledPack;
  readonly #facts: Facts;
  readonly #variables: Bound;
  /** What each table gave that an expression named so far: what the trace has of it. */
  readonly #found = new Map<string, Found>();

  constructor(pack: CompiledPack, facts: Facts) {
    this.trace = [{ read: readOf(pack.pack, facts) }];
    this.#pack = pack;
    this.#facts = facts;
    this.#variables = bindFacts(facts, pack.parametersOn(facts.basisDay));
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

  /** Evaluates `expression`; a table it names first is looked up and goes into the trace, once. */
  #evaluate({ evaluate, tables }: CompiledExpression) {
    for (const name of tables) if (!this.#found.has(name)) this.#lookUp(name);
    return withoutStacks(() => evaluate(this.#variables));
  }

  #lookUp(table: string): void {
    const compiled = this.#pack.tables.find(({ name }) => name === table);
    assert(compiled !== undefined, "a checked expression names a table of the pack");
    const found = compiled.lookUp(this.#facts.basisDay, this.#variables);
    const { key, value } = found;
    this.#found.set(table, found);
    this.trace.push({ table, key: key?.toString() ?? null, value: value?.toString() ?? null });
    if (value !== null) this.#variables[rowName(table)] = value;
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
