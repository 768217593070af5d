import { runAudit } from "../local/audit/run.ts";

process.exitCode = await runAudit("npm run audit --", process.argv.slice(2), process);
