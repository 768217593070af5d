import { join } from "node:path";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { folderStore } from "../objects/folder.ts";
import { commandPorts } from "./connect.ts";
import { type AccessOptions, openPlatform } from "./platform-access.ts";
import { originPrefix } from "./start.ts";

/** What an operator's command on a platform of this machine takes. */
export interface OperatorAccess {
  readonly ports: OperatorPorts;
  stop(): Promise<void>;
}

/**
 * Opens a platform's data for commands: beside the platform where it runs, whose ledger then places what they record; else by itself, and the
 * records wait for the next start. Throws StartFailure where there is no platform.
 */
export async function openForOperator(options: AccessOptions): Promise<OperatorAccess> {
  const { folder } = options;
  const { pool, kms, stop } = await openPlatform(options, "app", "operator", 12);
  const published = folderStore(join(folder, "published"));
  return { ports: commandPorts({ folder, originPrefix }, kms, pool, published), stop };
}
