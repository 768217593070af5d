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
 * Writes everything of one command transaction, sent together: one statement for each row that moved, one for all that are new in a table. A version
 * that moved since it was read is a LostRace.
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

/** What changes in a row beside its version, hash, ord and state. */
const also: Record<StreamKind, readonly ("status" | "person")[]> = {
  insurer: [],
  pack: ["status"],
  person: ["status"],
  policy: ["status", "person"],
  claim: ["status", "person"],
  payout: ["status", "person"],
};

/**
 * A row by its key. Many rows in one statement would be fewer bytes, but a plan made while the table was small then reads all rows of the insurer
 * (measured: 74 pages instead of 4 for one claim among 1,700).
 */
function updateByKey(kind: StreamKind): string {
  const more = also[kind].map((name, at) => `, ${name} = $${8 + at}`).join("");
  return `UPDATE ${kind} SET version = $3, leaf_hash = $4, ord = $5, state = $6${more}
    WHERE insurer = $1 AND stream = $2 AND version = $7`;
}
const updateStream: Record<StreamKind, string> = {
  insurer: updateByKey("insurer"),
  pack: updateByKey("pack"),
  person: updateByKey("person"),
  policy: updateByKey("policy"),
  claim: updateByKey("claim"),
  payout: updateByKey("payout"),
};

async function writeStreams(
  on: Queryable,
  insurer: string,
  kind: StreamKind,
  rows: readonly Held<StreamRow>[],
): Promise<void> {
  const born = rows.filter(({ held }) => held === 0n);
  const moved = rows.filter(({ held }) => held > 0n);
  const sent = moved.map((row) => moveStream(on, insurer, kind, row));
  if (kind === "insurer") sent.push(...born.map((row) => insertInsurer(on, insurer, row)));
  else if (born.length > 0) sent.push(bearStreams(on, insurer, kind, born));
  await Promise.all(sent);
}

async function bearStreams(
  on: Queryable,
  insurer: string,
  kind: Exclude<StreamKind, "insurer">,
  born: readonly StreamRow[],
): Promise<void> {
  const persons = also[kind].includes("person") ? [column(born, "person")] : [];
  const claims = kind === "payout" ? [born.map(({ claim }) => claim ?? "")] : [];
  await on.query(insertStream[kind], [
    insurer,
    column(born, "stream"),
    column(born, "version"),
    column(born, "leafHash"),
    column(born, "ord"),
    column(born, "status"),
    column(born, "state"),
    ...persons,
    ...claims,
  ]);
}

async function moveStream(
  on: Queryable,
  insurer: string,
  kind: StreamKind,
  row: Held<StreamRow>,
): Promise<void> {
  const { stream, version, leafHash, ord, state, held } = row;
  const more = also[kind].map((name) => row[name]);
  const values = [insurer, stream, version, leafHash, ord, state, held, ...more];
  const { rowCount } = await on.query(updateStream[kind], values);
  if (rowCount !== 1) throw new LostRace(`a ${kind} changed`);
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
  const born = rows.filter(({ held }) => held === 0n);
  const moved = rows.filter(({ held }) => held > 0n);
  const sent = moved.map((row) => moveAccumulator(on, insurer, row));
  if (born.length > 0) sent.push(bearAccumulators(on, insurer, born));
  await Promise.all(sent);
}

async function bearAccumulators(
  on: Queryable,
  insurer: string,
  born: readonly AccumulatorRow[],
): Promise<void> {
  await on.query(
    `INSERT INTO accumulator (insurer, subject, version, ord, state, person)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])`,
    [
      insurer,
      column(born, "subject"),
      column(born, "version"),
      column(born, "ord"),
      column(born, "state"),
      column(born, "person"),
    ],
  );
}

async function moveAccumulator(
  on: Queryable,
  insurer: string,
  { subject, version, ord, state, person, held }: Held<AccumulatorRow>,
): Promise<void> {
  const { rowCount } = await on.query(
    `UPDATE accumulator SET version = $3, ord = $4, state = $5, person = $6
     WHERE insurer = $1 AND subject = $2 AND version = $7`,
    [insurer, subject, version, ord, state, person, held],
  );
  if (rowCount !== 1) throw new LostRace("an accumulator changed");
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
