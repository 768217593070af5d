import { runAudit } from "../local/audit/run.ts";
import { checkVerb } from "../local/rules/verbs/check.ts";
import { readjudicateVerb } from "../local/rules/verbs/readjudicate.ts";
import { shadowVerb } from "../local/rules/verbs/shadow.ts";

process.exitCode = await runAudit("npm run rules --", process.argv.slice(2), process, [
  checkVerb,
  shadowVerb,
  readjudicateVerb,
]);
