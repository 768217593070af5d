import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { each } from "../../functions/command/each.ts";
import { exportLog, writerInto } from "../bundle/export.ts";
import { closeBundle, prepareFolder } from "../bundle/folder.ts";
import { clearPolicies, writePolicy } from "../bundle/trust.ts";
import { logKeys } from "../platform/open-log.ts";
import type { Services } from "../platform/services.ts";

/** The folder of the trust policies that belong to a bundle: beside it, never in it. */
export const policyFolder = (out: string): string => `${out}.policy`;

/** Writes the audit bundle of `insurers` to `out` from the rows that `pool` reads. Gives the insurers of the bundle it replaces. */
export async function writeBundle(
  services: Services,
  pool: Pool,
  insurers: readonly string[],
  out: string,
  progress: (entries: number) => void,
): Promise<readonly string[]> {
  const before = prepareFolder(out, insurers);
  const { published, ports } = services;
  const from = { rows: exportRows(pool), published, keys: ports.keys, cipher: ports.cipher };
  const write = writerInto(out);
  await each(insurers, 2, async (insurer) => {
    await exportLog(from, insurer, write, progress);
  });
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
