import * as z from "zod";
import { auditorKeySchema, exportSchema } from "../../shared/api/audit-views.ts";
import { dayUs } from "../../shared/base/day.ts";
import { attemptShape } from "../command/attempt.ts";
import { type JobName, jobShelf, type KeptJob } from "../command/job-shelf.ts";

/** How long an export's files are kept: whoever asked for it has fetched it by then, or asks again. */
export const exportKeptUs = 7n * dayUs;

/** An export as it is kept: what its caller sees, the key it is closed for, how often it was begun, and when the run under way was. */
const jobSchema = exportSchema.extend({
  by: z.string(),
  jwk: auditorKeySchema.nullable(),
  ...attemptShape,
});
export type ExportJob = z.output<typeof jobSchema>;
export type KeptExport = KeptJob<ExportJob>;
export type ExportName = JobName;

/** Exports that auditors asked for. */
export const exportJobs = jobShelf<ExportJob>("", jobSchema);
