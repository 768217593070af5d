import { assert } from "../../shared/base/malformed.ts";
import type { Caller } from "../../shared/ports/claims.ts";

/** Who asks, where the path names the insurer: the stack found exactly one. */
export function callerOf(callers: readonly Caller[]): Caller {
  const [caller] = callers;
  assert(caller !== undefined, "the stack found who asks");
  return caller;
}
