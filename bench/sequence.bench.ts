import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateUrl } from "../functions/adapters/postgres/migrate.ts";
import { openPool, type Pool, transaction } from "../functions/adapters/postgres/pool.ts";
import { tlogEngine } from "../functions/adapters/tlog/engine.ts";
import { sequenceAll } from "../functions/sequencer/core.ts";
import { createDatabase } from "../local/postgres/database.ts";
import { startPostgres } from "../local/postgres/start.ts";
import { leafHash } from "../shared/log/hash.ts";
import type { Figure } from "./figure.ts";

const rounds = 5;
const recordsPerRound = 5_000;
const recordsPerInsert = 1_000;
const recordBytes = 700;

/** Records from outbox to committed tree head, against the same rows written to the same table and nothing else, fsync on. */
export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const postgres = await startPostgres({ folder });
  try {
    await createDatabase(postgres.superuserUrl("postgres"), "bench");
    await migrateUrl(postgres.superuserUrl("bench"), { engine: "postgres" });
    const owner = openPool({ url: postgres.superuserUrl("bench"), max: 2 });
    const sequencer = openPool({ url: postgres.url("sequencer", "bench"), max: 2 });
    try {
      yield await sequencing(owner, sequencer);
    } finally {
      await Promise.all([owner.end(), sequencer.end()]);
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sequencing(owner: Pool, sequencer: Pool): Promise<Figure> {
  await owner.query(
    "INSERT INTO head (insurer, size, frontier, root, claimed_at) VALUES ('log', 0, $1, $1, 0)",
    [new Uint8Array(0)],
  );
  const engine = tlogEngine({ pool: sequencer, clock: () => BigInt(Date.now()) * 1000n });
  const turns: { value: number; limit: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const first = round * recordsPerRound;
    await insert(owner, outbox, rowsFrom(first, "log"));
    const value = await perSecond(() => sequenceAll(engine, "log"));
    const rows = rowsFrom(first, "limit");
    const limit = await perSecond(() => insert(owner, entry, rows));
    // The first round warms both up.
    if (round > 0) turns.push({ value, limit });
  }
  return {
    name: "sequence, records of 700 B",
    value: medianOf(turns.map(({ value }) => value)),
    unit: "entries/s",
    limitName: "INSERT of 1,000 of these rows, PostgreSQL 16",
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

/** One INSERT and one transaction per 1,000 rows; gives how many rows. */
async function insert(pool: Pool, statement: string, rows: readonly Row[]): Promise<number> {
  for (let i = 0; i < rows.length; i += recordsPerInsert) {
    const some = rows.slice(i, i + recordsPerInsert);
    const columns = [0, 1, 2, 3, 4, 5, 6].map((column) => some.map((row) => row[column]));
    await transaction(pool, (on) => on.query(statement, columns));
  }
  return rows.length;
}

async function perSecond(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const done = await work();
  return (done * 1000) / (performance.now() - start);
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
