import { runAudit } from "../audit/run.ts";
import { witnessVerb } from "../audit/verbs/witness.ts";

/** `audit witness` as a process that loads nothing else, for a parent that starts one beside it: the same options. */
const options = ["witness", ...process.argv.slice(2)];
process.exitCode = await runAudit("witness", options, process, [witnessVerb]);
