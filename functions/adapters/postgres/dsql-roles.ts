import { Client } from "pg";
import * as z from "zod";
import { Malformed } from "../../../shared/base/malformed.ts";
import { againWhereLost } from "./again.ts";
import { type DsqlPlace, dsqlTokens } from "./dsql.ts";
import type { MigrationConnection, Waiting } from "./index-jobs.ts";
import { migrate } from "./migrate.ts";
import { sqlState, translate } from "./translate.ts";

const role = z.string().regex(/^countersign_[a-z]+$/);
const arn = z.string().regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/);
const rolesSchema = z.record(role, z.array(arn));

/** Reads `{"countersign_app": ["arn:aws:iam::…:role/…"]}`: who may connect as which database role. Malformed if it can't be read. */
export function parseDatabaseRoles(text: string): Readonly<Record<string, readonly string[]>> {
  try {
    return rolesSchema.parse(JSON.parse(text));
  } catch {
    throw new Malformed("DATABASE_ROLES", "is not JSON of database roles and IAM role ARNs");
  }
}

/** The statements, one a transaction, that let IAM roles connect as database roles. */
export const grantStatements = (roles: ReturnType<typeof parseDatabaseRoles>): readonly string[] =>
  Object.entries(roles).flatMap(([name, arns]) => [
    `ALTER ROLE ${name} WITH LOGIN`,
    ...arns.map((one) => `AWS IAM GRANT ${name} TO '${one}'`),
  ]);

/** Migrates the cluster at `place` as its admin, then grants connections. Gives the steps applied; may be run again at any time. */
export async function migrateDsql(
  place: DsqlPlace,
  roles: ReturnType<typeof parseDatabaseRoles>,
  waiting: Waiting,
): Promise<readonly string[]> {
  const client = new Client({ connectionString: await dsqlTokens(place)() });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const connection = untilItCommits(client, waiting);
    const applied = await migrate(connection, { engine: "dsql", waiting });
    for (const statement of grantStatements(roles)) {
      await connection.query(statement).catch(alreadyGranted);
    }
    return applied;
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end();
  }
}

const triesPerStatement = 10;

/** A statement that meets a changed catalog (40001, OC001) did nothing and is sent again, with a rest between: each is a transaction of its own. */
export const untilItCommits = (
  connection: MigrationConnection,
  { sleep }: Pick<Waiting, "sleep">,
): MigrationConnection => ({
  query: (text, values) =>
    againWhereLost(() => connection.query(text, values), {
      tries: triesPerStatement,
      pauseMs: (nth) => 100 * nth,
      sleep,
    }),
});

const duplicateObject = "42710";

function alreadyGranted(error: unknown): void {
  if (sqlState(error) !== duplicateObject) throw error;
}
