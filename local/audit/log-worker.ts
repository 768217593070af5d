import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { type Openings, sourceOf } from "../bundle/open.ts";

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

assert(parentPort !== null, "this module is a worker's");
const port = parentPort;
port.on("message", async ({ folder, insurer, files, origin, trust, from, how }: LogTask) => {
  const source = sourceOf(join(folder, insurer), insurer, files, how);
  const progress = (entries: number): void => port.postMessage({ entries });
  port.postMessage({ verdict: await verifyLog(source, origin, trust, progress, from) });
});
