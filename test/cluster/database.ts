import { randomBytes } from "node:crypto";
import { createDatabase, dropDatabase } from "../../local/postgres/database.ts";
import type { Role } from "../../local/postgres/roles.ts";
import type { ClusterNote } from "./keeper.ts";
import { variable } from "./start.ts";

/** A migrated database of a test's own. */
export interface FreshDatabase {
  readonly name: string;
  url(role: Role): string;
  readonly superuserUrl: string;
  /** Removes it; connections still open are ended. */
  drop(): Promise<void>;
}

/** Copies the migrated template of this run's cluster (about 50 ms). */
export async function freshDatabase(): Promise<FreshDatabase> {
  const cluster = thisCluster();
  const name = `t_${randomBytes(8).toString("hex")}`;
  const on = (url: string, database: string): string => url.replace("{database}", database);
  const admin = on(cluster.superuserUrl, "postgres");
  await createDatabase(admin, name, cluster.template);
  return {
    name,
    url: (role) => on(cluster.urls[role], name),
    superuserUrl: on(cluster.superuserUrl, name),
    drop: () => dropDatabase(admin, name),
  };
}

/** What the keeper said of this run's cluster. */
export function thisCluster(): ClusterNote {
  const note = process.env[variable];
  if (note === undefined) throw new Error("no test cluster: run this test through its jest lane");
  return JSON.parse(note);
}
