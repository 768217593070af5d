import { steps } from "../../shared/claim/lifecycle.ts";
import { submittedForm } from "../../shared/claim/submit.ts";
import { approvedForm } from "../../shared/policy/erasure-forms.ts";
import { issuedForm } from "../../shared/policy/policy.ts";

/** What opens something of a person, or closes all of it for good: they meet in the person's accumulator rows. */
export const meeting: ReadonlySet<string> = new Set([
  issuedForm.type,
  submittedForm.type,
  steps.reopen.form.type,
  approvedForm.type,
]);
