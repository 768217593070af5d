import { parseDsqlUrl } from "../adapters/postgres/dsql.ts";
import { migrateDsql, parseDatabaseRoles } from "../adapters/postgres/dsql-roles.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";

const env = readEnv(names, process.env);
const place = parseDsqlUrl(env.DATABASE_URL);
if (!place) throw new Error("DATABASE_URL is no dsql:// URL: migrate your own PostgreSQL directly");
const roles = parseDatabaseRoles(env.DATABASE_ROLES);

/** What an operator invokes after each deploy, before traffic; gives the steps it applied. */
export const handler = async (): Promise<{ readonly applied: readonly string[] }> => ({
  applied: await migrateDsql(place, roles),
});
