import { existsSync } from "node:fs";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { exportRows } from "../../functions/adapters/postgres/export-rows.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import type { ExportPorts } from "../bundle/export.ts";
import { startKmsStub } from "../kms/stub.ts";
import { folderStore } from "../objects/folder.ts";
import { lockFolder } from "../postgres/lock.ts";
import type { Role } from "../postgres/roles.ts";
import { runningCluster } from "../postgres/running-cluster.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { findServer, mainDatabase } from "../postgres/where.ts";
import { dataAlias } from "./kms-keys.ts";

/** Where the data of a platform of this machine is. */
export interface AccessOptions {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly log: (line: string) => void;
}

/** What an export of a platform of this machine reads. */
export interface AuditorAccess extends ExportPorts {
  insurers(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/**
 * Opens a platform's data as its auditor role, which may only read. Where the platform runs, its PostgreSQL is used; where it is stopped, its
 * PostgreSQL is started for this and the folder held meanwhile. Throws StartFailure, one sentence, where there is no platform.
 */
export async function openForAuditor(options: AccessOptions): Promise<AuditorAccess> {
  const { folder } = options;
  requirePlatform(folder);
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const url = await platformDatabase(options, "auditor", stops);
    const pool = openPool({ url, max: 4, applicationName: "countersign export" });
    stops.push(() => pool.end());
    // The stub's keys are files that two processes may use at once.
    const stub = await startKmsStub({ folder: join(folder, "kms") });
    stops.push(() => stub.stop());
    const kms = new KMSClient(localClientConfig(stub.endpoint));
    stops.push(() => kms.destroy());
    return {
      rows: exportRows(pool),
      published: folderStore(join(folder, "published")),
      keys: personKeys(kmsDataKeys(kms, dataAlias), folderStore(join(folder, "keys"))),
      cipher: partCipher,
      insurers: async () => {
        const { rows } = await pool.query<{ insurer: string }>(
          "SELECT insurer FROM insurer ORDER BY insurer",
        );
        return rows.map(({ insurer }) => insurer);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The address of a platform's database for one role: of its running PostgreSQL, or of one that is started for this, the folder held meanwhile; how
 * that ends is added to `stops`.
 */
export async function platformDatabase(
  { folder, databaseUrl, log }: AccessOptions,
  role: Role,
  stops: (() => Promise<unknown> | unknown)[],
): Promise<string> {
  const cluster = join(folder, "postgres");
  const running = databaseUrl ? undefined : runningCluster(cluster);
  if (running) return running(role, mainDatabase);
  if (!databaseUrl) stops.push(lockFolder(folder));
  const server = await findServer(databaseUrl, { folder: cluster, log });
  stops.push(() => server.stop());
  return server.url(role, mainDatabase);
}

/** Refuses a folder that holds no platform's data. */
export function requirePlatform(folder: string): void {
  if (existsSync(join(folder, "published")) && existsSync(join(folder, "kms", "keys.json"))) return;
  throw new StartFailure(`${folder} holds no platform's data: name it by --data`);
}
