import type { Policy } from "../../shared/log/policy.ts";
import type { Requirement } from "../../shared/log/require.ts";

/** Whom the reader believes. */
export interface Trust {
  readonly policy: Policy;
  readonly requirements: readonly Requirement[];
}
