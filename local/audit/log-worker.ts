import { join } from "node:path";
import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { type Openings, sourceOf } from "../bundle/open.ts";
import { serveTasks } from "../threads/serve.ts";

/** One log to verify: the bundle's folder, and the files of this insurer's part. */
export interface LogTask {
  readonly folder: string;
  readonly insurer: string;
  readonly files: readonly string[];
  readonly origin: string | undefined;
  readonly trust: Trust | undefined;
  readonly from: Checkpoint | undefined;
  readonly how: Openings;
}

serveTasks<LogTask, number, LogVerdict>((task, progress) => {
  const { folder, insurer, files, origin, trust, from, how } = task;
  const source = sourceOf(join(folder, insurer), insurer, files, how);
  return verifyLog(source, origin, trust, progress, from);
});
