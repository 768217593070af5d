import { qldbVerb } from "../../local/import/verbs/qldb.ts";
import { runCommandLine } from "../../local/terminal/command-line.ts";

// `import qldb` as a process of its own, to be killed.
process.exitCode = await runCommandLine("import", process.argv.slice(2), process, [qldbVerb]);
