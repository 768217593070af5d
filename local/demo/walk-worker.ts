import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { KMSClient } from "@aws-sdk/client-kms";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { folderStore } from "../objects/folder.ts";
import { commandPorts } from "../platform/services.ts";
import type { PortfolioClaim } from "../portfolio/portfolio.ts";
import type { Cast } from "./cast.ts";
import { countingStore } from "./counting.ts";
import { type Stage, type WalkedClaim, walkHere } from "./walk.ts";

/** A share of the portfolio's claims, and the services and the stage that every share has in common. */
export interface WalkTask {
  readonly folder: string;
  readonly originPrefix: string;
  readonly kmsEndpoint: string;
  /** The app role's. */
  readonly databaseUrl: string;
  readonly casts: ReadonlyMap<string, Cast>;
  readonly persons: ReadonlyMap<string, Handle>;
  readonly policies: ReadonlyMap<string, Handle>;
  readonly claims: readonly PortfolioClaim[];
  readonly width: number;
}

/** What a worker tells: each claim as it is walked, and at the end how many transactions it committed. */
export type WalkReport = { readonly walked: WalkedClaim } | { readonly committed: number };

assert(parentPort !== null, "this module is a worker's");
const port = parentPort;
const task = workerData as WalkTask;
const known = <Value>(map: ReadonlyMap<string, Value>, key: string): Value => {
  const found = map.get(key);
  assert(found !== undefined, "the stage was set for every claim");
  return found;
};

const { folder, originPrefix, kmsEndpoint, databaseUrl: url, policies, claims, width } = task;
const kms = new KMSClient({ ...awsLimits, ...localClientConfig(kmsEndpoint) });
const pool = openPool({ url, max: width + 2, applicationName: "countersign demo" });
try {
  const published = folderStore(join(folder, "published"));
  const ports = commandPorts({ folder, originPrefix }, kms, pool, published);
  const store = countingStore(ports.store);
  const stage: Stage = {
    ports: { ...ports, store },
    policies,
    cast: (insurer) => known(task.casts, insurer),
    person: (key) => known(task.persons, key),
  };
  const tell = (report: WalkReport): void => port.postMessage(report);
  await walkHere(stage, width)(claims, (walked) => tell({ walked }));
  tell({ committed: store.committedCount() });
} finally {
  await pool.end();
  kms.destroy();
}
