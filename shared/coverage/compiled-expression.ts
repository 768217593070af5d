import type { CelResult } from "@bufbuild/cel";
import type { Variables } from "./bindings.ts";

/** A checked and planned expression. */
export interface CompiledExpression {
  readonly evaluate: (variables: Variables) => CelResult;
  /** The tables it names. */
  readonly tables: readonly string[];
}
