import pg from "pg";

/** What a database has done since it was made. */
export interface DatabaseCounts {
  readonly transactions: number;
  /** Those that wrote, or locked a row. */
  readonly writes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Time that its processes spent on statements, in ms. */
  readonly activeMs: number;
  /** What rows and entries of indexes take. */
  readonly storedBytes: number;
}

/** Aurora DSQL counts no row and no entry of an index as less. */
const leastRowBytes = 128;

/** Tables by name: rows read, inserted, updated and deleted, and how many indexes there are beside the primary key. */
const tablesQuery = `
  SELECT s.relname AS name, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read,
         n_tup_ins AS inserted, n_tup_upd AS updated, n_tup_del AS deleted,
         (SELECT count(*) FROM pg_index i WHERE i.indrelid = s.relid AND NOT i.indisprimary) AS indexes
    FROM pg_stat_user_tables s`;

/** The cumulative statistics of a PostgreSQL, which its processes hand in once they have been idle for ten seconds: wait that long first. */
const databaseQuery = `
  SELECT xact_commit + xact_rollback AS transactions, active_time AS active,
         pg_snapshot_xmax(pg_current_snapshot())::text AS writes
    FROM pg_stat_database WHERE datname = current_database()`;

/** The mean width of a row of each table, in bytes, as PostgreSQL stores it. */
export async function rowWidths(client: pg.Client): Promise<ReadonlyMap<string, number>> {
  const widths = new Map<string, number>();
  const { rows } = await client.query<{ name: string }>(tablesQuery);
  for (const { name } of rows) {
    const width = `SELECT coalesce(avg(pg_column_size(t.*)), 0)::float AS width FROM ${pg.escapeIdentifier(name)} t`;
    const found = await client.query<{ width: number }>(width);
    widths.set(name, Math.max(found.rows[0]?.width ?? 0, leastRowBytes));
  }
  return widths;
}

type TableRow = Readonly<
  Record<"read" | "inserted" | "updated" | "deleted" | "indexes", string> & { name: string }
>;

/** One reading of the statistics; it counts as one transaction of the next. */
export async function readStatistics(client: pg.Client) {
  await client.query("BEGIN");
  const tables = await client.query<TableRow>(tablesQuery);
  const database = await client.query<Record<string, string>>(databaseQuery);
  await client.query("COMMIT");
  return { tables: tables.rows, database: database.rows[0] ?? {} };
}

export type Statistics = Awaited<ReturnType<typeof readStatistics>>;

/**
 * What a reading says, in the units of Aurora DSQL's meter: a row that is inserted or updated is written with an entry of each index, and its key is
 * read first; a row that is read counts whole, whichever columns were asked for.
 */
export function countsOf(
  { tables, database }: Statistics,
  widths: ReadonlyMap<string, number>,
): DatabaseCounts {
  let [readBytes, writtenBytes, storedBytes] = [0, 0, 0];
  for (const { name, ...text } of tables) {
    const width = widths.get(name) ?? leastRowBytes;
    const read = Number(text.read);
    const [inserted, updated, deleted] = [text.inserted, text.updated, text.deleted].map(
      Number,
    ) as [number, number, number];
    readBytes += read * width + inserted * leastRowBytes;
    writtenBytes += (inserted + updated) * width + deleted * leastRowBytes;
    const entryBytes = Number(text.indexes) * leastRowBytes;
    writtenBytes += (inserted + updated + deleted) * entryBytes;
    storedBytes += (inserted - deleted) * (width + entryBytes);
  }
  return {
    transactions: Number(database.transactions),
    writes: Number(database.writes),
    readBytes,
    writtenBytes,
    activeMs: Number(database.active),
    storedBytes,
  };
}
