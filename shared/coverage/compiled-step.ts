import type { CompiledExpression } from "./compiled-expression.ts";
import type { Step } from "./step-form.ts";

/** A step with its amount or rate ready to evaluate; an other-payer step has none. */
export interface CompiledStep {
  readonly step: Step;
  readonly bound: CompiledExpression | null;
}
