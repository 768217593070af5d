import { Unavailable } from "../../../shared/ports/unavailable.ts";

/** One database connection as the schema's owner. */
export interface MigrationConnection {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** How long a migration waits for DSQL's index jobs: between two looks, and whether there is time for another. */
export interface Waiting {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly mayWait: () => boolean;
}

/** An index that DSQL could not build; it is dropped, so that the next run makes it anew. */
export class IndexFailed extends Error {
  override readonly name = "IndexFailed";
}

const lookEveryMs = 1_000;

const validity =
  "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = $1";
const jobs = "SELECT job_id, status, details FROM sys.jobs";

/** The name that `CREATE [UNIQUE] INDEX [ASYNC] name …` gives; undefined for any other statement. */
export const indexMadeBy = (statement: string): string | undefined =>
  /^CREATE (?:UNIQUE )?INDEX (?:ASYNC )?([a-z0-9_]+) /.exec(statement)?.[1];

/**
 * Makes an index on DSQL and waits until its background job has built it. `create` is `CREATE INDEX ASYNC`, which answers with the job's id. One that an
 * earlier run began is waited for, or dropped and made anew if no job builds it any more. Throws IndexFailed with what `sys.jobs` says; Unavailable when
 * time is up, after which the next run goes on waiting.
 */
export async function buildIndex(
  connection: MigrationConnection,
  create: string,
  { sleep, mayWait }: Waiting,
): Promise<void> {
  const name = indexMadeBy(create) ?? "";
  let job: unknown;
  for (;;) {
    const { rows } = await connection.query(jobs);
    const [index] = (await connection.query(validity, [name])).rows;
    if (index?.indisvalid === true) return;
    const own = rows.find(({ job_id }) => job !== undefined && job_id === job);
    if (own?.status === "failed") {
      await connection.query(`DROP INDEX ${name}`);
      throw new IndexFailed(`${name}: ${own.details}`);
    }
    const building = rows.some(({ status }) => status === "submitted" || status === "processing");
    if (job === undefined && !(index && building)) {
      if (index) await connection.query(`DROP INDEX ${name}`);
      [{ job_id: job } = { job_id: "unknown" }] = (await connection.query(create)).rows;
    }
    if (!mayWait()) throw new Unavailable("database", `index ${name} is still being built`);
    await sleep(lookEveryMs);
  }
}
