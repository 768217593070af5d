import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { CollectPorts } from "../../functions/reconciliation/collect.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { folderInbox } from "../../local/objects/inbox.ts";
import { random } from "../command/platform.ts";

/** Where every process finds the same database, keys and folders. */
export interface Setting {
  readonly databaseUrl: string;
  readonly kmsEndpoint: string;
  readonly dataKey: string;
  readonly folder: string;
}

/** Commands, and the way to the bank, over `setting`. */
export function openPayer({ databaseUrl, kmsEndpoint, dataKey, folder }: Setting) {
  const kms = new KMSClient(localClientConfig(kmsEndpoint));
  const pool = openPool({ url: databaseUrl, max: 4 });
  const store = (name: string) => folderStore(join(folder, name));
  const commands: OperatorPorts = {
    store: postgresStore(pool),
    keys: personKeys(kmsDataKeys(kms, dataKey), store("keys")),
    cipher: partCipher,
    packs: packCatalog(store("published")),
    originOf: (name) => `test.countersign.example/${name}`,
    random,
    clock: wallClock,
    sleep: (ms) => sleep(ms),
  };
  const rail = fileRail(store("exchange/out"), folderInbox(join(folder, "exchange/in")));
  const collecting: CollectPorts = { commands, rows: bankRows(pool), rail };
  const close = async (): Promise<void> => {
    await pool.end();
    kms.destroy();
  };
  return { commands, collecting, orders: releaseOrders(pool), pool, close };
}
