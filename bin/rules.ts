import { checkVerb } from "../local/rules/verbs/check.ts";
import { readjudicateVerb } from "../local/rules/verbs/readjudicate.ts";
import { shadowVerb } from "../local/rules/verbs/shadow.ts";
import { runCommandLine } from "../local/terminal/command-line.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";

outliveReaders();
process.exitCode = await runCommandLine("npm run rules --", process.argv.slice(2), process, [
  checkVerb,
  shadowVerb,
  readjudicateVerb,
]);
