import type { ChangedDecision } from "../../shared/api/shadow-views.ts";
import type { ShadowJob } from "../command/shadow-job.ts";

/** How a shadow ended, and every decision that would be another. */
export type Outcome = Pick<ShadowJob, "state" | "failure" | "result"> & {
  readonly changes: readonly ChangedDecision[];
};

/** A shadow that came to nothing, and why. */
export const failed = (failure: ShadowJob["failure"]): Outcome => ({
  ...{ state: "failed", failure, result: null },
  changes: [],
});
