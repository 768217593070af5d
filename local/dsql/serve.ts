import { type AddressInfo, createServer, type Server } from "node:net";
import pg from "pg";
import type { Cluster, Connection, DsqlOptions } from "./cluster.ts";
import { attend } from "./connection.ts";
import { holdSizes } from "./sizes.ts";

/** A running stub. */
export interface DsqlStub {
  readonly port: number;
  /** Every connection that was let in, the first one first. */
  readonly connections: readonly Connection[];
  /** By database role, the IAM roles that may connect as it. */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many transactions lost at their commit. */
  lost(): number;
  stop(): Promise<void>;
}

/**
 * Aurora DSQL's own part of PostgreSQL's wire on 127.0.0.1, before a PostgreSQL that does the rest: TLS only, IAM tokens for passwords, good for as long as they say; IAM roles connect as
 * the database roles granted to them; no setting at start-up that DSQL has not; a connection ends after 60 minutes; `CREATE INDEX ASYNC` and `sys.jobs`; a transaction changes at most 3,000
 * rows and 10 MiB; a commit may lose (40001, OC000 or OC001); a column holds 1 MiB, a row 2 MiB and a key 1 KiB, in the tables that are there when it starts.
 */
export async function startDsqlStub(options: DsqlOptions): Promise<DsqlStub> {
  const granted = Object.entries(options.granted ?? {});
  const grants = new Map(granted.map(([role, arns]) => [role, new Set(arns)]));
  await prepare(options.databaseUrl);
  const cluster: Cluster = {
    ...options,
    connections: [],
    grants,
    commits: 0,
    lost: 0,
    ends: new Set(),
  };
  const server: Server = createServer((socket) => {
    attend(socket, cluster).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: cluster.connections,
    grants: cluster.grants,
    lost: () => cluster.lost,
    stop: async () => {
      for (const end of cluster.ends) end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function prepare(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("CREATE SCHEMA IF NOT EXISTS sys");
  const columns = "job_id text, status text, details text";
  await client.query(`CREATE TABLE IF NOT EXISTS sys.jobs (${columns})`);
  await holdSizes(client);
  await client.end();
}
