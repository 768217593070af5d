import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { exportBeside, exportLog } from "../../functions/auditor/export-log.ts";
import { writerInto } from "../bundle/writer.ts";
import type { ThreadPorts } from "./thread-ports.ts";

/** One insurer's part of the bundle in `out`. */
export interface ExportTask {
  readonly insurer: string;
  readonly out: string;
  /** How many entries its log has in a ledger that is exported as a whole; absent where the log is a tree of its own. */
  readonly entries?: bigint;
}

/** Writes the share, telling how many entries as they are written. Gives their number. */
export function exportShare(
  { ports: { keys, cipher }, pool, published }: ThreadPorts,
  { insurer, out, entries }: ExportTask,
  progress: (entries: number) => void,
): Promise<number> {
  const from = { rows: exportRows(pool), published, keys, cipher };
  const write = writerInto(out);
  return entries === undefined
    ? exportLog(from, insurer, write, progress)
    : exportBeside(from, insurer, entries, write, progress);
}
