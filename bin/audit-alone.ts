import { isMainThread } from "node:worker_threads";
import { auditorVerbs } from "../local/audit/verbs.ts";
import { runCommandLine } from "../local/terminal/command-line.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";

// The entry of the program of one file (npm run build:audit): it is its own worker, too.
if (isMainThread) {
  outliveReaders();
  const command = "node countersign-audit.mjs";
  process.exitCode = await runCommandLine(command, process.argv.slice(2), process, auditorVerbs);
} else await import("../local/audit/log-worker.ts");
