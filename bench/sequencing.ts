import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrateUrl } from "../functions/adapters/postgres/migrate.ts";
import { openPool, type Pool, transaction } from "../functions/adapters/postgres/pool.ts";
import { tlogEngine } from "../functions/adapters/tlog/engine.ts";
import { sequenceAll } from "../functions/sequencer/core.ts";
import { createDatabase } from "../local/postgres/database.ts";
import { startPostgres } from "../local/postgres/start.ts";
import { leafHash } from "../shared/log/hash.ts";
import type { Figure } from "./figure.ts";
import { medianOf } from "./rate.ts";

const rounds = 7;
const recordsPerRound = 5_000;
/** As many as the sequencer places in one transaction. */
const batch = 1_000;
const recordBytes = 700;

/**
 * Records from outbox to durable entries and a new tree head, against the same rows brought into the same table by nothing but one INSERT a batch
 * on a bare `pg` connection. They take turns in one database, fsync on.
 */
export async function sequencing(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const postgres = await startPostgres({ folder });
  try {
    await createDatabase(postgres.superuserUrl("postgres"), "bench");
    const url = postgres.superuserUrl("bench");
    await migrateUrl(url, { engine: "postgres" });
    const owner = openPool({ url, max: 1 });
    const sequencer = openPool({ url: postgres.url("sequencer", "bench"), max: 2 });
    const bare = new pg.Client({ connectionString: url });
    await bare.connect();
    try {
      await requireDurable(bare);
      return await measure(owner, sequencer, bare);
    } finally {
      await Promise.all([owner.end(), sequencer.end(), bare.end()]);
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requireDurable(bare: pg.Client): Promise<void> {
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    const { rows } = await bare.query(`SHOW ${setting}`);
    if (rows[0]?.[setting] !== "on") throw new Error(`${setting} is off: nothing would be durable`);
  }
}

async function measure(owner: Pool, sequencer: Pool, bare: pg.Client): Promise<Figure> {
  await owner.query(
    "INSERT INTO head (insurer, size, frontier, root, claimed_at) VALUES ('log', 0, $1, $1, 0)",
    [new Uint8Array(0)],
  );
  const engine = tlogEngine({ pool: sequencer, clock: () => BigInt(Date.now()) * 1000n });
  const turns: { value: number; limit: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const first = round * recordsPerRound;
    for (const some of batchesOf(rowsFrom(first, "log"))) {
      await transaction(owner, (on) => on.query(outbox, columnsOf(some)));
    }
    const value = await perSecond(() => sequenceAll(engine, "log"));
    const rows = batchesOf(rowsFrom(first, "limit")).map(columnsOf);
    const limit = await perSecond(async () => {
      for (const columns of rows) await bare.query({ name: "bare", text: entry, values: columns });
      return recordsPerRound;
    });
    // The first round warms both up.
    if (round > 0) turns.push({ value, limit });
  }
  return {
    name: "log.sequencing",
    value: medianOf(turns.map(({ value }) => value)),
    unit: "entries/s",
    limitName: `these rows of ${recordBytes} B by bare pg INSERT, batches of ${batch} as here; 15,000 for orientation`,
    limit: medianOf(turns.map(({ limit }) => limit)),
  };
}

const outbox = `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])`;
const entry = `INSERT INTO entry (insurer, idx, event_id, stream, version, leaf_hash, record)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])`;

type Row = readonly [string, bigint, string, string, bigint, Uint8Array, Uint8Array];

function rowsFrom(first: number, log: string): Row[] {
  return Array.from({ length: recordsPerRound }, (_, i) => {
    const record = new Uint8Array(randomBytes(recordBytes));
    const id = randomBytes(16).toString("hex");
    return [log, BigInt(first + i), id, id, 1n, leafHash(record), record];
  });
}

const batchesOf = (rows: readonly Row[]): (readonly Row[])[] =>
  Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) =>
    rows.slice(i * batch, (i + 1) * batch),
  );

const columnsOf = (rows: readonly Row[]): unknown[][] =>
  [0, 1, 2, 3, 4, 5, 6].map((column) => rows.map((row) => row[column]));

async function perSecond(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const done = await work();
  return (done * 1000) / (performance.now() - start);
}
