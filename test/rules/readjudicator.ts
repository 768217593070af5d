import { readjudicateVerb } from "../../local/rules/verbs/readjudicate.ts";
import { runCommandLine } from "../../local/terminal/command-line.ts";

// `rules readjudicate` as a process of its own, to be killed.
process.exitCode = await runCommandLine("rules", process.argv.slice(2), process, [
  readjudicateVerb,
]);
