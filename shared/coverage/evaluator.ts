import { type CelResult, celEnv, plan } from "@bufbuild/cel";
import type { Variables } from "./bindings.ts";
import { functions } from "./functions.ts";

/** Gives what an expression comes to; a CelError where it has no result. */
export type Evaluate = (variables: Variables) => CelResult;

const environment = celEnv({ funcs: functions });

/** Plans `expression`, whole or a part of one, to be evaluated any number of times. */
export const evaluatorOf = (expression: Parameters<typeof plan>[1]): Evaluate =>
  // The library's type has no room for a name that is not known, which it takes for one that is not there.
  plan(environment, expression) as Evaluate;
