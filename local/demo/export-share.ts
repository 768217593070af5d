import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { exportLog } from "../../functions/auditor/export-log.ts";
import { writerInto } from "../bundle/writer.ts";
import type { ThreadPorts } from "./thread-ports.ts";

/** One insurer's part of the bundle in `out`. */
export interface ExportTask {
  readonly insurer: string;
  readonly out: string;
}

/** Writes the share, telling how many entries as they are written. Gives their number. */
export function exportShare(
  { ports: { keys, cipher }, pool, published }: ThreadPorts,
  { insurer, out }: ExportTask,
  progress: (entries: number) => void,
): Promise<number> {
  return exportLog(
    { rows: exportRows(pool), published, keys, cipher },
    insurer,
    writerInto(out),
    progress,
  );
}
