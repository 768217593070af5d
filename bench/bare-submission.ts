import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";
import pg from "pg";

/** The rows one submission wrote, by table, as PostgreSQL gives them. */
type Rows = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

const written = ["idempotency", "claim", "outbox", "sealed_leaves", "sealed_part"] as const;
const connections = 12;

/** The same transaction as a submission's, on nothing but `pg`. */
export interface BareSubmissions {
  submit(index: number): Promise<void>;
  end(): Promise<void>;
}

/**
 * Takes one submitted claim of the database for its model and writes its rows again under new keys, for an insurer that nobody works for: the reads a submission
 * makes, an insert into each table it inserts into, an update of the accumulator it moves, in a transaction at repeatable read, in three waves of pipelined
 * statements, one write each, as the platform sends them, over as many connections as it has. The claims name no policy: the smallest submission there is.
 */
export async function bareSubmissions(url: string): Promise<BareSubmissions> {
  const options = "-c default_transaction_isolation=repeatable\\ read";
  const pipelined = { pipeline: true };
  const pool = new pg.Pool({ ...pipelined, connectionString: url, max: connections, options });
  const model = await modelIn(pool);
  await pool.query(
    `INSERT INTO accumulator SELECT 'bare', 'person/' || n, 1, 1, state, person
     FROM (SELECT * FROM accumulator LIMIT 1) AS a, generate_series(0, 1023) AS n`,
  );
  return {
    submit: (index) => submitOnce(pool, model, index % 1024),
    end: () => pool.end(),
  };
}

async function modelIn(pool: pg.Pool): Promise<Rows> {
  const newest = `SELECT stream FROM claim WHERE status <> 'erased' ORDER BY ord DESC LIMIT 1`;
  const { rows } = await pool.query<{ stream: string }>(newest);
  const stream = rows[0]?.stream;
  const model = new Map<string, Record<string, unknown>[]>();
  for (const table of written) {
    const which =
      table === "idempotency" ? "ORDER BY ord DESC LIMIT 1" : "WHERE stream = $1 AND version = 1";
    const from = table === "outbox" ? "entry" : table;
    const found =
      table === "claim"
        ? await pool.query("SELECT * FROM claim WHERE stream = $1", [stream])
        : await pool.query(
            `SELECT * FROM ${from} ${which}`,
            table === "idempotency" ? [] : [stream],
          );
    if (found.rows.length === 0) throw new Error(`no row of ${table} to take for a model`);
    model.set(table, table === "outbox" ? found.rows.map(waitingOf) : found.rows);
  }
  return model;
}

/** An entry as it waited in the outbox. */
const waitingOf = ({ idx, ...entry }: Record<string, unknown>) => ({ ...entry, ord: idx });

async function submitOnce(pool: pg.Pool, model: Rows, person: number): Promise<void> {
  const key = randomBytes(16).toString("hex");
  const client = await pool.connect();
  try {
    const subject = `person/${person}`;
    sendTogether(client);
    const [, , , , { rows }] = await Promise.all([
      client.query("BEGIN"),
      client.query({
        name: "kept",
        text: "SELECT fingerprint, status, reply FROM idempotency WHERE caller = $1 AND idempotency_key = $2",
        values: ["bare", key],
      }),
      client.query({ name: "insurer", text: "SELECT * FROM insurer LIMIT 1" }),
      client.query({
        name: "person",
        text: "SELECT * FROM person WHERE insurer = $1 AND stream = $2",
        values: ["bare", key],
      }),
      client.query<{ version: string; state: string }>({
        name: "accumulator",
        text: "SELECT version, state FROM accumulator WHERE insurer = $1 AND subject = $2",
        values: ["bare", subject],
      }),
    ]);
    sendTogether(client);
    await Promise.all([
      ...[...model].map(([table, models]) =>
        insert(
          client,
          table,
          models.map((row) => ({ ...row, ...renamed(row, key) })),
        ),
      ),
      client.query({
        name: "moved",
        text: "UPDATE accumulator SET version = version + 1, state = $4 WHERE insurer = $1 AND subject = $2 AND version = $3",
        values: ["bare", subject, rows[0]?.version, rows[0]?.state],
      }),
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    // Two at once moved one person's row: the platform's own command would try again.
    if ((error as { code?: string }).code !== "40001") throw error;
  } finally {
    client.release();
  }
}

/** What this turn of the event loop sends leaves in one write. */
function sendTogether(client: pg.PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: Writable } };
  connection.stream.cork();
  setImmediate(() => connection.stream.uncork());
}

const renamed = (row: Readonly<Record<string, unknown>>, key: string) => ({
  ...("insurer" in row ? { insurer: "bare" } : {}),
  ...("stream" in row ? { stream: key } : {}),
  ...("event_id" in row ? { event_id: key } : {}),
  ...("idempotency_key" in row ? { caller: "bare", idempotency_key: key } : {}),
});

/** All rows of one table by one statement. */
async function insert(
  client: pg.PoolClient,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const places = rows.map(
    (_, row) => `(${names.map((_, at) => `$${row * names.length + at + 1}`).join(", ")})`,
  );
  await client.query({
    name: table,
    text: `INSERT INTO ${table} (${names.join(", ")}) VALUES ${places.join(", ")}`,
    values: rows.flatMap((row) => names.map((name) => row[name])),
  });
}
