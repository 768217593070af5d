import { runAudit } from "../local/audit/run.ts";
import { exportVerb } from "../local/audit/verbs/export.ts";
import { auditorVerbs } from "../local/audit/verbs.ts";

const verbs = [...auditorVerbs, exportVerb];
process.exitCode = await runAudit("npm run audit --", process.argv.slice(2), process, verbs);
