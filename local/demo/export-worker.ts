import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { exportLog, writerInto } from "../bundle/export.ts";
import { serveTasks } from "../threads/serve.ts";
import { type ServicesPlace, withPorts } from "./thread-ports.ts";

/** One insurer's part of the bundle in `out`, read as the auditor's role. */
export interface ExportTask {
  readonly place: ServicesPlace;
  readonly insurer: string;
  readonly out: string;
}

/** Tells how many entries it wrote, as it writes them; the result is their number. */
serveTasks<ExportTask, number, number>(({ place, insurer, out }, progress) =>
  withPorts(place, 1, async ({ keys, cipher }, pool, published) => {
    const from = { rows: exportRows(pool), published, keys, cipher };
    return exportLog(from, insurer, writerInto(out), progress);
  }),
);
