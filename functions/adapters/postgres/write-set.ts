import { type StreamKind, streamKinds } from "../../../shared/base/event.ts";
import {
  type AccumulatorRow,
  LostRace,
  type OutboxRow,
  type StreamRow,
  type WriteSet,
} from "../../../shared/ports/store.ts";
import type { Queryable } from "./pool.ts";

/**
 * Writes everything of one command transaction: a few statements whatever its size, sent together. A version that moved since it was read is a
 * LostRace.
 */
export async function writeSet(on: Queryable, insurer: string, set: WriteSet): Promise<void> {
  await Promise.all(writes(on, insurer, set));
}

function* writes(on: Queryable, insurer: string, set: WriteSet): Generator<Promise<unknown>> {
  if (set.kept) {
    const { caller, key, fingerprint, status, reply, ord } = set.kept;
    yield on.query(
      `INSERT INTO idempotency (caller, idempotency_key, fingerprint, status, reply, ord)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [caller, key, fingerprint, status, reply, ord],
    );
  }
  for (const kind of streamKinds) {
    const rows = set.streams.filter((row) => row.kind === kind);
    if (rows.length > 0) yield writeStreams(on, insurer, kind, rows);
  }
  if (set.accumulators.length > 0) yield writeAccumulators(on, insurer, set.accumulators);
  if (set.outbox.length > 0) yield writeOutbox(on, insurer, set.outbox);
}

type Held<Row> = Row & { readonly held: bigint };
const column = <Row, Key extends keyof Row>(rows: readonly Row[], key: Key): Row[Key][] =>
  rows.map((row) => row[key]);

/** Kinds whose rows are somebody's data. */
const isPersonal = (kind: StreamKind): boolean =>
  kind === "policy" || kind === "claim" || kind === "payout";

const insertStream: Record<Exclude<StreamKind, "insurer">, string> = {
  pack: insertInto("pack"),
  person: insertInto("person"),
  policy: insertInto("policy", ["person"]),
  claim: insertInto("claim", ["person"]),
  payout: insertInto("payout", ["person", "claim"]),
};
function insertInto(table: string, more: readonly string[] = []): string {
  const names = more.map((name) => `, ${name}`).join("");
  const arrays = more.map((_, at) => `, $${8 + at}::text[]`).join("");
  return `INSERT INTO ${table} (insurer, stream, version, leaf_hash, ord, status, state${names})
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::text[], $7::text[]${arrays})`;
}
const updateStream: Record<StreamKind, string> = {
  insurer: update("insurer", ""),
  pack: update("pack", ", status = new.status"),
  person: update("person", ", status = new.status"),
  policy: update("policy", ", status = new.status, person = new.person"),
  claim: update("claim", ", status = new.status, person = new.person"),
  payout: update("payout", ", status = new.status, person = new.person"),
};
function update(table: string, more: string): string {
  return `UPDATE ${table} AS old
    SET version = new.version, leaf_hash = new.leaf_hash, ord = new.ord, state = new.state${more}
    FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[])
      AS new (stream, version, leaf_hash, ord, status, state, held, person)
    WHERE old.insurer = $1 AND old.stream = new.stream AND old.version = new.held`;
}

async function writeStreams(
  on: Queryable,
  insurer: string,
  kind: StreamKind,
  rows: readonly Held<StreamRow>[],
): Promise<void> {
  const values = (some: readonly Held<StreamRow>[]) => [
    insurer,
    column(some, "stream"),
    column(some, "version"),
    column(some, "leafHash"),
    column(some, "ord"),
    column(some, "status"),
    column(some, "state"),
  ];
  const born = rows.filter(({ held }) => held === 0n);
  const moved = rows.filter(({ held }) => held > 0n);
  if (kind === "insurer") {
    for (const row of born) await insertInsurer(on, insurer, row);
  } else if (born.length > 0) {
    const persons = isPersonal(kind) ? [column(born, "person")] : [];
    const claims = kind === "payout" ? [born.map(({ claim }) => claim ?? "")] : [];
    await on.query(insertStream[kind], [...values(born), ...persons, ...claims]);
  }
  if (moved.length > 0) {
    const { rowCount } = await on.query(updateStream[kind], [
      ...values(moved),
      column(moved, "held"),
      column(moved, "person"),
    ]);
    if (rowCount !== moved.length) throw new LostRace(`a ${kind} changed`);
  }
}

async function insertInsurer(on: Queryable, insurer: string, row: StreamRow): Promise<void> {
  await on.query(
    `INSERT INTO insurer (insurer, kind, stream, version, leaf_hash, ord, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [insurer, row.status, row.stream, row.version, row.leafHash, row.ord, row.state],
  );
  await on.query(
    `INSERT INTO head (insurer, size, frontier, root, claimed_at) VALUES ($1, 0, $2, $3, 0)`,
    [insurer, new Uint8Array(0), new Uint8Array(0)],
  );
}

async function writeAccumulators(
  on: Queryable,
  insurer: string,
  rows: readonly Held<AccumulatorRow>[],
): Promise<void> {
  const values = (some: readonly Held<AccumulatorRow>[]) => [
    insurer,
    column(some, "subject"),
    column(some, "version"),
    column(some, "ord"),
    column(some, "state"),
    column(some, "person"),
  ];
  const born = rows.filter(({ held }) => held === 0n);
  const moved = rows.filter(({ held }) => held > 0n);
  if (born.length > 0) {
    await on.query(
      `INSERT INTO accumulator (insurer, subject, version, ord, state, person)
       SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])`,
      values(born),
    );
  }
  if (moved.length > 0) {
    const { rowCount } = await on.query(
      `UPDATE accumulator AS old SET version = new.version, ord = new.ord, state = new.state, person = new.person
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
         AS new (subject, version, ord, state, person, held)
       WHERE old.insurer = $1 AND old.subject = new.subject AND old.version = new.held`,
      [...values(moved), column(moved, "held")],
    );
    if (rowCount !== moved.length) throw new LostRace("an accumulator changed");
  }
}

async function writeOutbox(
  on: Queryable,
  insurer: string,
  rows: readonly OutboxRow[],
): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const send = (text: string, values: unknown[]) => sent.push(on.query(text, values));
  send(
    `INSERT INTO outbox (insurer, event_id, stream, version, ord, leaf_hash, record)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])`,
    [
      insurer,
      column(rows, "eventId"),
      column(rows, "stream"),
      column(rows, "version"),
      column(rows, "ord"),
      column(rows, "leafHash"),
      column(rows, "record"),
    ],
  );
  const sealed = rows.filter(({ leaves }) => leaves.length > 0);
  if (sealed.length === 0) return void (await Promise.all(sent));
  send(
    `INSERT INTO sealed_leaves (insurer, stream, version, leaves)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[])`,
    [insurer, column(sealed, "stream"), column(sealed, "version"), column(sealed, "leaves")],
  );
  const parts = sealed.flatMap(({ stream, version, parts }) =>
    parts.map((part) => ({ ...part, stream, version })),
  );
  send(
    `INSERT INTO sealed_part (insurer, stream, version, person, class, ciphertext)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])`,
    [
      insurer,
      column(parts, "stream"),
      column(parts, "version"),
      column(parts, "person"),
      column(parts, "class"),
      column(parts, "ciphertext"),
    ],
  );
  await Promise.all(sent);
}
