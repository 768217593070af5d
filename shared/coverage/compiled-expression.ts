import type { Evaluate } from "./evaluator.ts";

/** A checked and planned expression. */
export interface CompiledExpression {
  readonly evaluate: Evaluate;
  /** The tables it names. */
  readonly tables: readonly string[];
}
