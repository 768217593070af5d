import * as z from "zod";

/** That a function runs: no more is asked of it. */
export const healthSchema = z.strictObject({ status: z.literal("up") }).meta({ id: "Health" });

/** That a function runs and its database answers. */
export const readinessSchema = z
  .strictObject({ status: z.literal("ready") })
  .meta({ id: "Readiness" });
