import { steps } from "../../shared/claim/lifecycle.ts";
import { submittedForm } from "../../shared/claim/submit.ts";
import { importedForm } from "../../shared/policy/document.ts";
import { approvedForm } from "../../shared/policy/erasure-forms.ts";
import { endorsedForm, issuedForm } from "../../shared/policy/policy.ts";

/** What opens something of a person, or is about all that is open, to close it for good or to have its clocks go by other terms: they meet in the person's accumulator rows. */
export const meeting: ReadonlySet<string> = new Set([
  issuedForm.type,
  importedForm.type,
  submittedForm.type,
  steps.reopen.form.type,
  approvedForm.type,
  endorsedForm.type,
]);

/** What writes all of those rows: it finds everything that was opened before, and what is opened meanwhile begins again after it. */
export const meetingAll: ReadonlySet<string> = new Set([approvedForm.type, endorsedForm.type]);
