import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { exportJournal } from "../../functions/auditor/export-journal.ts";
import { exportLog } from "../../functions/auditor/export-log.ts";
import { each } from "../../functions/command/each.ts";
import { assert } from "../../shared/base/malformed.ts";
import { closeBundle, prepareFolder } from "../bundle/folder.ts";
import { clearPolicies, writePolicy } from "../bundle/trust.ts";
import { writerInto } from "../bundle/writer.ts";
import { writeLedgerPolicy } from "../platform/covered-insurers.ts";
import { logKeys } from "../platform/open-log.ts";
import { ledgerName } from "../platform/qldb.ts";
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

/** {@link exportApart} for a ledger whose engine is QLDB: its journal as a whole, and beside it what belongs to each log. */
export const exportLedger =
  (apart: Apart, { published, qldb }: Services): ExportLogs =>
  async (insurers, out, progress) => {
    assert(qldb !== undefined, "this platform's ledger is QLDB");
    const blocks = await exportJournal(published, ledgerName, writerInto(out));
    const tasks = insurers.map(async (insurer) => {
      const entries = await qldb.outbox.placedWithin(insurer, blocks);
      return { insurer, out, entries };
    });
    await apart.export(await Promise.all(tasks), progress);
  };

/** Writes the audit bundle of `insurers` to `out`, and the folders `beside` theirs that the export makes. Gives the insurers of the bundle it replaces. */
export async function writeBundle(
  exportLogs: ExportLogs,
  insurers: readonly string[],
  out: string,
  progress: (entries: number) => void,
  beside: readonly string[] = [],
): Promise<readonly string[]> {
  const before = prepareFolder(out, [...insurers, ...beside]);
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
  if (services.qldb) {
    await writeLedgerPolicy(services, folder);
    return;
  }
  for (const insurer of insurers) {
    const keys = await logKeys(services, insurer);
    writePolicy(folder, insurer, { keys, witness: services.witness?.line });
  }
}
