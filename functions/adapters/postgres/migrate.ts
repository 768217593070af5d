import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { buildIndex, indexMadeBy, type MigrationConnection, type Waiting } from "./index-jobs.ts";
import { loadMigrations, type Migration, type Step } from "./migrate-steps.ts";
import { translate } from "./translate.ts";

/** Where and how to migrate. */
export interface MigrateOptions {
  readonly engine: "postgres" | "dsql";
  /** "shared": one login plays every role, so steps that make roles or grant them rights are left out. Default "own". */
  readonly roles?: "own" | "shared";
  readonly migrations?: readonly Migration[];
  /** How index jobs are waited for; with "dsql" only. Default: a look a second, for as long as it takes. */
  readonly waiting?: Waiting;
}

const patient: Waiting = { sleep: (ms) => sleep(ms), mayWait: () => true };

/** An applied step no longer has the text it was applied with. */
export class ChangedStep extends Error {
  override readonly name = "ChangedStep";
}

const journal = `CREATE TABLE IF NOT EXISTS migration_step (
  migration text NOT NULL, step text NOT NULL, hash text NOT NULL, state text NOT NULL,
  PRIMARY KEY (migration, step))`;

const begun = "begun";
const done = "done";
const record = "INSERT INTO migration_step (migration, step, hash, state) VALUES ($1, $2, $3, $4)";
const finish = "UPDATE migration_step SET state = $3 WHERE migration = $1 AND step = $2";

/**
 * Brings a database to the newest migration, one statement per transaction, and returns the steps it applied.
 * Stopped anywhere, it goes on from there. Throws ChangedStep naming an applied step whose text changed,
 * Unavailable on an outage.
 */
export async function migrate(
  connection: MigrationConnection,
  options: MigrateOptions,
): Promise<string[]> {
  const applied: string[] = [];
  try {
    // Of two that make it at once, the other may meet the table, its type or their row of the catalog.
    await tolerate(["23505", "42P07", "42710"], () => connection.query(journal));
    for (const migration of options.migrations ?? loadMigrations()) {
      for (const step of migration.steps) {
        if (await applyOnce(connection, migration.name, step, options)) {
          applied.push(`${migration.name}: ${step.name}`);
        }
      }
    }
    return applied;
  } catch (error) {
    throw translate(error);
  }
}

/** {@link migrate} over a connection of its own to `url`. */
export async function migrateUrl(url: string, options: MigrateOptions): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw translate(error);
  }
  try {
    return await migrate(client, options);
  } finally {
    await client.end();
  }
}

async function applyOnce(
  connection: MigrationConnection,
  migration: string,
  step: Step,
  options: MigrateOptions,
): Promise<boolean> {
  const state = await stateOf(connection, migration, step);
  if (state === done) return false;
  if (options.roles === "shared" && /^(CREATE ROLE|GRANT|REVOKE) /.test(step.statement))
    return false;
  try {
    if (options.engine === "dsql")
      await applyInHalves(connection, migration, step, state === begun, options.waiting ?? patient);
    else await applyAtomically(connection, migration, step);
    return true;
  } catch (error) {
    // Another migrator may have been faster: then the journal says so.
    if ((await stateOf(connection, migration, step)) === done) return false;
    throw error;
  }
}

async function stateOf(
  connection: MigrationConnection,
  migration: string,
  step: Step,
): Promise<string | undefined> {
  const text = "SELECT hash, state FROM migration_step WHERE migration = $1 AND step = $2";
  const [row] = (await connection.query(text, [migration, step.name])).rows;
  if (row === undefined) return undefined;
  if (row.hash !== step.hash) {
    throw new ChangedStep(`${migration}, step ${step.name}: its text changed after it was applied`);
  }
  return String(row.state);
}

/** PostgreSQL: the statement and its journal row commit together. */
async function applyAtomically(
  connection: MigrationConnection,
  migration: string,
  step: Step,
): Promise<void> {
  await connection.query("BEGIN");
  try {
    const existed = await tolerate(existingRole(step), () => connection.query(step.statement));
    if (existed) {
      await connection.query("ROLLBACK");
      await connection.query("BEGIN");
    }
    await connection.query(record, [migration, step.name, step.hash, done]);
    await connection.query("COMMIT");
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** DSQL: definitions and rows never share a transaction, so the intent is written first and settled after. */
async function applyInHalves(
  connection: MigrationConnection,
  migration: string,
  step: Step,
  resumed: boolean,
  waiting: Waiting,
): Promise<void> {
  if (!resumed) await connection.query(record, [migration, step.name, step.hash, begun]);
  const statement = forDsql(step.statement);
  if (indexMadeBy(statement) !== undefined) {
    await buildIndex(connection, statement, waiting);
  } else {
    const alreadyThere = resumed ? ["42P07", "42710"] : existingRole(step);
    await tolerate(alreadyThere, () => connection.query(statement));
  }
  await connection.query(finish, [migration, step.name, done]);
}

/** DSQL builds secondary indexes in the background only. */
export const forDsql = (statement: string): string =>
  statement.replace(/^CREATE (UNIQUE )?INDEX /, "CREATE $1INDEX ASYNC ");

/** Roles belong to the cluster, so another database's migration may have made one. */
const existingRole = (step: Step): string[] =>
  step.statement.startsWith("CREATE ROLE ") ? ["42710"] : [];

async function tolerate(codes: string[], work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (codes.includes((error as { code?: string }).code ?? "")) return true;
    throw error;
  }
}
