import { qldbVerb } from "../local/import/verbs/qldb.ts";
import { qldbDocumentVerb } from "../local/import/verbs/qldb-document.ts";
import { runCommandLine } from "../local/terminal/command-line.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";

outliveReaders();
const exitCodes =
  "exit 0: imported, or there · 1: something found, or nothing there · 2: bad arguments, nothing there to import, or not to its end: run it again";
process.exitCode = await runCommandLine(
  "npm run import --",
  process.argv.slice(2),
  process,
  [qldbVerb, qldbDocumentVerb],
  exitCodes,
);
