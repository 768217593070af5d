import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { folderStore } from "../objects/folder.ts";
import { commandPorts } from "../platform/connect.ts";
import type { Services } from "../platform/services.ts";

/** Where a thread finds the services that its process started. */
export interface ServicesPlace {
  readonly folder: string;
  readonly originPrefix: string;
  readonly kmsEndpoint: string;
  readonly databaseUrl: string;
}

/** The services as a thread finds them, connected to the database as `role`. */
export const placeOf = (
  { kmsEndpoint, server, database }: Services,
  { folder, originPrefix }: Pick<ServicesPlace, "folder" | "originPrefix">,
  role: "app" | "auditor",
): ServicesPlace => ({
  folder,
  originPrefix,
  kmsEndpoint,
  databaseUrl: server.url(role, database),
});

/** What a thread works with. */
export interface ThreadPorts {
  readonly ports: OperatorPorts;
  readonly pool: Pool;
  readonly published: ObjectStore;
}

/** Connects to the services of `place`; the connections end with the thread. */
export function openPorts(place: ServicesPlace): ThreadPorts {
  const kms = new KMSClient({ ...awsLimits, ...localClientConfig(place.kmsEndpoint) });
  const pool = openPool({ url: place.databaseUrl, applicationName: "countersign demo" });
  const published = folderStore(join(place.folder, "published"), { durable: false });
  return { ports: commandPorts(place, kms, pool, published), pool, published };
}
