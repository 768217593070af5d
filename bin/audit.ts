import { exportVerb } from "../local/audit/verbs/export.ts";
import { witnessVerb } from "../local/audit/verbs/witness.ts";
import { auditorVerbs } from "../local/audit/verbs.ts";
import { runCommandLine } from "../local/terminal/command-line.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";

outliveReaders();
const verbs = [...auditorVerbs, witnessVerb, exportVerb];
process.exitCode = await runCommandLine("npm run audit --", process.argv.slice(2), process, verbs);
