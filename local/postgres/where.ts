import { migrateUrl } from "../../functions/adapters/postgres/migrate.ts";
import { createDatabase, databaseExists } from "./database.ts";
import { startFailureOf } from "./refused-login.ts";
import type { Role } from "./roles.ts";
import { type StartOptions, startPostgres } from "./start.ts";
import { StartFailure } from "./start-failure.ts";

/** The database that DATABASE_URL names when it is set. */
export const mainDatabase = "countersign";

/** A PostgreSQL to run on: the one started here, or yours. */
export interface DatabaseServer {
  readonly kind: "embedded" | "yours";
  url(role: Role, database: string): string;
  /** The login that owns the schema. */
  superuserUrl(database: string): string;
  /** A database to be connected to while another is made. */
  readonly adminUrl: string;
  stop(): Promise<void>;
  readonly exited: Promise<void>;
}

/** `databaseUrl` (DATABASE_URL) if it is given, else the embedded PostgreSQL of `embedded.folder`. */
export async function findServer(
  databaseUrl: string | undefined,
  embedded: StartOptions,
): Promise<DatabaseServer> {
  if (databaseUrl) return yourServer(databaseUrl);
  const postgres = await startPostgres(embedded);
  return {
    kind: "embedded",
    url: postgres.url,
    superuserUrl: postgres.superuserUrl,
    adminUrl: postgres.superuserUrl("postgres"),
    stop: postgres.stop,
    exited: postgres.exited,
  };
}

/** DATABASE_URL as a URL. Throws StartFailure before anybody could be connected to, or a name looked up, where it is none. */
export function requireDatabaseUrl(databaseUrl: string): URL {
  const url = URL.parse(databaseUrl);
  const whole = url !== null && url.hostname !== "" && url.pathname.length > 1;
  if (whole && /^postgres(ql)?:$/.test(url.protocol)) return url;
  throw new StartFailure("DATABASE_URL is not of the form postgres://user:password@host/database");
}

/** Every role shares the one login; {@link mainDatabase} stands for the database that the URL names. */
function yourServer(databaseUrl: string): DatabaseServer {
  const url = requireDatabaseUrl(databaseUrl);
  const on = (database: string): string => {
    const there = new URL(url);
    if (database !== mainDatabase) there.pathname = `/${database}`;
    return there.href;
  };
  return {
    kind: "yours",
    url: (_, database) => on(database),
    superuserUrl: on,
    adminUrl: url.href,
    stop: () => Promise.resolve(),
    exited: new Promise(() => undefined),
  };
}

/**
 * Makes `database` if it is missing and migrates it; returns the steps applied. On your own server the roles share a
 * login, so the grants that make the log append-only are left out there. Throws StartFailure, Unavailable.
 */
export async function prepareDatabase(server: DatabaseServer, database: string): Promise<string[]> {
  const yours = server.kind === "yours";
  if (!(yours && database === mainDatabase) && !(await databaseExists(server.adminUrl, database))) {
    await createDatabase(server.adminUrl, database);
  }
  const roles = yours ? "shared" : "own";
  try {
    return await migrateUrl(server.superuserUrl(database), { engine: "postgres", roles });
  } catch (error) {
    throw startFailureOf(error);
  }
}
