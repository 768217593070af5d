import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { exportLog } from "../../functions/auditor/export-log.ts";
import { each } from "../../functions/command/each.ts";
import { closeBundle, prepareFolder } from "../bundle/folder.ts";
import { clearPolicies, writePolicy } from "../bundle/trust.ts";
import { writerInto } from "../bundle/writer.ts";
import { logKeys } from "../platform/open-log.ts";
import type { Services } from "../platform/services.ts";
import type { Apart } from "./apart.ts";

/** The folder of the trust policies that belong to a bundle: beside it, never in it. */
export const policyFolder = (out: string): string => `${out}.policy`;

/** Writes each insurer's part of the bundle in `out`. */
export type ExportLogs = (
  insurers: readonly string[],
  out: string,
  progress: (entries: number) => void,
) => Promise<void>;

/** Exports in this thread, from the rows that `pool` reads. */
export const exportHere =
  ({ published, ports: { keys, cipher } }: Services, pool: Pool): ExportLogs =>
  (insurers, out, progress) => {
    const from = { rows: exportRows(pool), published, keys, cipher };
    return each(insurers, 2, async (insurer) => {
      await exportLog(from, insurer, writerInto(out), progress);
    });
  };

/** Exports by processors side by side, in the order of `insurers`: the longest log should come first. */
export const exportApart =
  (apart: Apart): ExportLogs =>
  async (insurers, out, progress) => {
    const tasks = insurers.map((insurer) => ({ insurer, out }));
    await apart.export(tasks, progress);
  };

/** Writes the audit bundle of `insurers` to `out`. Gives the insurers of the bundle it replaces. */
export async function writeBundle(
  exportLogs: ExportLogs,
  insurers: readonly string[],
  out: string,
  progress: (entries: number) => void,
): Promise<readonly string[]> {
  const before = prepareFolder(out, insurers);
  await exportLogs(insurers, out, progress);
  closeBundle(out);
  return before;
}

/** Writes the trust policy of every insurer's log into `folder`, in place of those of the insurers `before`. */
export async function writePolicies(
  services: Services,
  insurers: readonly string[],
  folder: string,
  before: readonly string[] = [],
): Promise<void> {
  clearPolicies(folder, before);
  for (const insurer of insurers) {
    const keys = await logKeys(services, insurer);
    writePolicy(folder, insurer, { keys, witness: services.witness?.line });
  }
}
