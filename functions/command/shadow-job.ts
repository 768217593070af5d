import * as z from "zod";
import {
  changedDecisionSchema,
  type ShadowView,
  shadowSchema,
} from "../../shared/api/shadow-views.ts";
import { dayUs } from "../../shared/base/day.ts";
import { attemptShape } from "./attempt.ts";
import { jobShelf, type KeptJob } from "./job-shelf.ts";

/** How long a shadow and what it found are kept. */
export const shadowKeptUs = 7n * dayUs;

/** Changed decisions of one file. */
export const changesPerFile = 1_000;

/** A shadow as it is kept: what its insurer sees, the draft's text, which never changes, how often it was begun, and when the run under way was. */
const jobSchema = shadowSchema.extend({
  content: z.string(),
  ...attemptShape,
});
export type ShadowJob = z.output<typeof jobSchema>;
export type KeptShadow = KeptJob<ShadowJob>;

/** What the insurer sees of it. */
export const shadowView = ({
  job: { content: _, attempts: __, begun: ___, ...view },
}: KeptShadow): ShadowView => view;

/** Shadows of drafts that underwriters asked for. */
export const shadowJobs = jobShelf<ShadowJob>("shadows/", jobSchema);

/** What a file of changed decisions holds. */
export const changesSchema = z.array(changedDecisionSchema).max(changesPerFile);

/** The `number`-th file of changed decisions, from 0. */
export const changesFile = (number: number): string => String(number).padStart(6, "0");
