import { existsSync } from "node:fs";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { startKmsStub } from "../kms/stub.ts";
import { lockFolder } from "../postgres/lock.ts";
import type { Role } from "../postgres/roles.ts";
import { runningCluster } from "../postgres/running-cluster.ts";
import { StartFailure } from "../postgres/start-failure.ts";
import { findServer, mainDatabase } from "../postgres/where.ts";

/** Where the data of a platform of this machine is. */
export interface AccessOptions {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly log: (line: string) => void;
}

/** A platform's database, as one role may use it, and its keys. */
export interface PlatformAccess {
  readonly pool: Pool;
  readonly kms: KMSClient;
  stop(): Promise<void>;
}

type Stops = (() => Promise<unknown> | unknown)[];

/**
 * Opens a platform's data. Where the platform runs, its PostgreSQL is used; where it is stopped, its PostgreSQL is started for this and the folder
 * held meanwhile. `what` is how PostgreSQL calls the connection. Throws StartFailure, one sentence, where there is no platform.
 */
export async function openPlatform(
  options: AccessOptions,
  role: Role,
  what: string,
  max = 4,
): Promise<PlatformAccess> {
  const { folder } = options;
  if (!existsSync(join(folder, "published")) || !existsSync(join(folder, "kms", "keys.json"))) {
    throw new StartFailure(`${folder} holds no platform's data: name it by --data`);
  }
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const url = await databaseFor(options, role, stops);
    const pool = openPool({ url, max, applicationName: `countersign ${what}` });
    stops.push(() => pool.end());
    // The stub's keys are files that two processes may use at once.
    const stub = await startKmsStub({ folder: join(folder, "kms") });
    stops.push(() => stub.stop());
    const kms = new KMSClient(localClientConfig(stub.endpoint));
    stops.push(() => kms.destroy());
    return { pool, kms, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function databaseFor(
  { folder, databaseUrl, log }: AccessOptions,
  role: Role,
  stops: Stops,
): Promise<string> {
  const cluster = join(folder, "postgres");
  const running = databaseUrl ? undefined : runningCluster(cluster);
  if (running) return running(role, mainDatabase);
  if (!databaseUrl) stops.push(lockFolder(folder));
  const server = await findServer(databaseUrl, { folder: cluster, log });
  stops.push(() => server.stop());
  return server.url(role, mainDatabase);
}
