import { witnessVerb } from "../audit/verbs/witness.ts";
import { runCommandLine } from "../terminal/command-line.ts";

/** `audit witness` as a process that loads nothing else, for a parent that starts one beside it: the same options. */
const options = ["witness", ...process.argv.slice(2)];
process.exitCode = await runCommandLine("witness", options, process, [witnessVerb]);
