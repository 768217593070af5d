import { runAudit } from "../../local/audit/run.ts";
import { readjudicateVerb } from "../../local/rules/verbs/readjudicate.ts";

// `rules readjudicate` as a process of its own, to be killed.
process.exitCode = await runAudit("rules", process.argv.slice(2), process, [readjudicateVerb]);
