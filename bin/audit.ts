import { runAudit } from "../local/audit/run.ts";
import { exportVerb } from "../local/audit/verbs/export.ts";
import { witnessVerb } from "../local/audit/verbs/witness.ts";
import { auditorVerbs } from "../local/audit/verbs.ts";

const verbs = [...auditorVerbs, witnessVerb, exportVerb];
process.exitCode = await runAudit("npm run audit --", process.argv.slice(2), process, verbs);
