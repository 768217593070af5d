import type { ExportRows } from "../../shared/ports/export.ts";
import { parseRecord } from "../../shared/record/record.ts";

/** Whether the log's genesis says that its persons are simulated. A log without one is taken for a real one. */
export async function isSimulated(rows: ExportRows, insurer: string): Promise<boolean> {
  const [genesis] = await rows.read(insurer, 0n, 1n);
  const body = genesis && parseRecord(genesis.record).body;
  return body !== undefined && "public" in body && body.public.simulation === true;
}
