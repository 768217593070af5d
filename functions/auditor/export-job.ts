import * as z from "zod";
import { auditorKeySchema, exportSchema } from "../../shared/api/audit-views.ts";
import { countCodec, handleSchema } from "../../shared/base/codec.ts";
import { dayUs } from "../../shared/base/day.ts";
import { attemptShape } from "../command/attempt.ts";
import { jobOrder } from "../command/job-order.ts";
import { type JobName, jobShelf, type KeptJob } from "../command/job-shelf.ts";

/** How long an export's files are kept: whoever asked for it has fetched it by then, or asks again. */
export const exportKeptUs = 7n * dayUs;

/** An export as it is kept: what its caller sees, who that is, their order, how often it was begun, and when the run under way was. */
const jobSchema = exportSchema.extend({
  by: handleSchema,
  order: z.string(),
  ...attemptShape,
});
export type ExportJob = z.output<typeof jobSchema>;
export type KeptExport = KeptJob<ExportJob>;
export type ExportName = JobName;

/** Exports that auditors asked for. */
export const exportJobs = jobShelf<ExportJob>("", jobSchema);

/** What the log says was given: so many entries, closed for this key, or in plain. */
export const exportOrders = jobOrder(
  "audit-export",
  z.strictObject({ entries: countCodec, key: auditorKeySchema.nullable() }),
);
