import { join } from "node:path";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import type { ExportPorts } from "../../functions/auditor/export-log.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { PendingRecords } from "../../shared/ports/pending.ts";
import { folderStore } from "../objects/folder.ts";
import { dataAlias } from "./kms-keys.ts";
import { type AccessOptions, openPlatform } from "./platform-access.ts";
import { kindOf, ledgerName } from "./qldb.ts";

/** What an export of a platform of this machine reads. */
export interface AuditorAccess extends ExportPorts {
  /** Where the engine is QLDB: the one ledger of all insurers, and how many entries of one its first blocks hold. */
  readonly journal?: Pick<PendingRecords, "placedWithin"> & { readonly ledger: string };
  insurers(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Opens a platform's data as its auditor role, which may only read, running or not. Throws StartFailure where there is no platform. */
export async function openForAuditor(options: AccessOptions): Promise<AuditorAccess> {
  const { folder } = options;
  const { pool, kms, stop } = await openPlatform(options, "auditor", "export");
  return {
    rows: exportRows(pool),
    published: folderStore(join(folder, "published")),
    keys: personKeys(kmsDataKeys(kms, dataAlias), folderStore(join(folder, "keys"))),
    cipher: partCipher,
    ...(kindOf(folder) === "qldb" && {
      journal: { ledger: ledgerName, placedWithin: postgresPending(pool, wallClock).placedWithin },
    }),
    insurers: async () => {
      const { rows } = await pool.query<{ insurer: string }>(
        "SELECT insurer FROM insurer ORDER BY insurer",
      );
      return rows.map(({ insurer }) => insurer);
    },
    stop,
  };
}
