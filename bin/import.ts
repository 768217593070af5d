import { qldbVerb } from "../local/import/verbs/qldb.ts";
import { runCommandLine } from "../local/terminal/command-line.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";

outliveReaders();
const exitCodes =
  "exit 0: imported · 1: something found, and nothing imported · 2: bad arguments, nothing there to import, or not to its end: run it again";
process.exitCode = await runCommandLine(
  "npm run import --",
  process.argv.slice(2),
  process,
  [qldbVerb],
  exitCodes,
);
