import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { startKmsStub } from "../kms/stub.ts";
import { folderStore } from "../objects/folder.ts";
import { type AccessOptions, platformDatabase, requirePlatform } from "./auditor-access.ts";
import { commandPorts } from "./services.ts";
import { originPrefix } from "./start.ts";

/** What an operator's command on a platform of this machine takes. */
export interface OperatorAccess {
  readonly ports: OperatorPorts;
  stop(): Promise<void>;
}

/**
 * Opens a platform's data for commands: beside the platform where it runs, whose ledger then places what they record; else by itself, and the
 * records wait for the next start. Throws StartFailure, one sentence, where there is no platform.
 */
export async function openForOperator(options: AccessOptions): Promise<OperatorAccess> {
  const { folder } = options;
  requirePlatform(folder);
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const url = await platformDatabase(options, "app", stops);
    const pool = openPool({ url, max: 12, applicationName: "countersign operator" });
    stops.push(() => pool.end());
    const stub = await startKmsStub({ folder: join(folder, "kms") });
    stops.push(() => stub.stop());
    const kms = new KMSClient(localClientConfig(stub.endpoint));
    stops.push(() => kms.destroy());
    const published = folderStore(join(folder, "published"));
    return { ports: commandPorts({ folder, originPrefix }, kms, pool, published), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
