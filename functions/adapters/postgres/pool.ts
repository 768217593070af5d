import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import { type CustomTypesConfig, Pool as PgPool, type PoolClient, types as pgTypes } from "pg";
import { assert } from "../../../shared/base/malformed.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { abortedTransaction, sqlState, translate, translateCommit } from "./translate.ts";
import { type WriteLimits, writeLimits } from "./write-limits.ts";

/** One row as it comes from PostgreSQL: int8 as bigint, bytea as Uint8Array, the rest as `pg` reads it. */
export type Row = Record<string, unknown>;

/** Something that runs one prepared statement at a time. Throws Unavailable on an outage, `pg` errors otherwise. */
export interface Queryable {
  query<R extends object = Row>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: R[]; readonly rowCount: number }>;
}

export type Access = "READ WRITE" | "READ ONLY";

/** One connection, taken from a pool. */
export interface Lease extends Queryable {
  begin(access: Access): Promise<void>;
  /** Throws CommitUnknown when the server's answer never came. */
  commit(): Promise<void>;
  /** False when the connection is beyond use. */
  rollback(): Promise<boolean>;
  /** Gives the connection back; `broken` closes it instead. */
  release(broken?: boolean): void;
}

/** Connections to one database as one role. */
export interface Pool extends Queryable {
  lease(): Promise<Lease>;
  /** Closes every connection once it is idle. */
  end(): Promise<void>;
}

/** Which database, how many connections at most, and the name it sees. */
export interface PoolOptions {
  readonly url: string;
  readonly max?: number;
  readonly applicationName?: string;
  readonly statementTimeoutMs?: number;
}

/** Statements sent without waiting for each other's answer travel together (node-postgres's pipeline mode). */
const pipelined = { pipeline: true };

const int8 = 20;
const bytea = 17;

/** Type parsers of these pools only: other users of `pg` in the process keep theirs. */
const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") => {
    if (oid === int8 && format !== "binary") return BigInt;
    if (oid === bytea && format !== "binary") return readBytea;
    return pgTypes.getTypeParser(oid, format);
  },
};

/** PostgreSQL's hex form of bytea, `\x0a…`, as bytes of their own. */
const readBytea = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice(2), "hex"));

/** Opens a pool at repeatable read; connections are made when first needed. */
export function openPool(options: PoolOptions): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const pool = new PgPool({
    ...pipelined,
    connectionString: options.url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? "countersign",
    statement_timeout: statementTimeoutMs,
    // The server ends a slow statement; this ends the wait for a server that is gone without a word.
    query_timeout: statementTimeoutMs + 5_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 5_000,
    options: "-c default_transaction_isolation=repeatable\\ read",
    types,
  });
  // An idle connection that breaks is simply replaced: whoever asks next gets the truth.
  pool.on("error", ignore);
  // The server's last word may come in one packet with its first, before whoever asked for the connection could listen.
  pool.on("connect", (client) => client.on("error", ignore));
  return {
    query: (text, values) => run(pool, text, values),
    lease: async () => leaseOf(await connect(pool)),
    end: () => pool.end(),
  };
}

/** A connection that breaks between two statements fails the next one, so the event itself says nothing new. */
const ignore = (): void => undefined;

function leaseOf(client: PoolClient): Lease {
  const together = sentTogether(client);
  return {
    query: (text, values) => {
      together();
      return run(client, text, values);
    },
    begin: async (access) => {
      together();
      await plain(client, `BEGIN ISOLATION LEVEL REPEATABLE READ ${access}`, translate);
    },
    commit: async () => {
      const command = await plain(client, "COMMIT", translateCommit);
      assert(command === "COMMIT", "a transaction whose statement failed is never committed");
    },
    rollback: () =>
      client.query("ROLLBACK").then(
        () => true,
        () => false,
      ),
    release: (broken) => client.release(broken),
  };
}

/** Statements of one turn of the event loop leave in one write: each write wakes the server (measured: half the time of a small command). */
function sentTogether(client: PoolClient): () => void {
  const { connection } = client as unknown as { connection?: { stream?: Writable } };
  const stream = connection?.stream;
  let held = false;
  return () => {
    if (held || !stream) return;
    held = true;
    stream.cork();
    setImmediate(() => {
      held = false;
      stream.uncork();
    });
  };
}

async function plain(
  client: PoolClient,
  text: string,
  translated: (error: unknown) => unknown,
): Promise<string> {
  try {
    return (await client.query(text)).command;
  } catch (error) {
    throw translated(error);
  }
}

async function connect(pool: PgPool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translate(error);
  }
}

async function run<R extends object>(
  on: PgPool | PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<{ rows: R[]; rowCount: number }> {
  try {
    const result = await on.query<R>({ name: nameOf(text), text, values: [...values] });
    return { rows: result.rows, rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw translate(error);
  }
}

const names = new Map<string, string>();

/** The name under which each connection prepares this statement once. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    names.set(text, name);
  }
  return name;
}

/** One transaction as its statements see it. */
interface Underway {
  readonly begun: Promise<void>;
  /** Once it is over nothing is sent: what one branch sends after another failed would be committed by itself, behind the ROLLBACK. */
  over: boolean;
  /** The error of the first statement that failed: those behind it only say that the transaction is aborted. */
  first?: unknown;
}

/** Sends the first statements right behind BEGIN; no answer is believed before BEGIN's own. */
function sentWith(lease: Lease, underway: Underway, limits: WriteLimits | undefined): Queryable {
  return {
    query: async (text, values) => {
      if (underway.over) throw new Error("the transaction is over: nothing is sent in it");
      limits?.sending(text, values ?? []);
      const answer = lease.query<never>(text, values);
      answer.catch((error: unknown) => {
        underway.first ??= error;
      });
      await underway.begun;
      const { rowCount } = await answer;
      limits?.changed(text, rowCount);
      return answer;
    },
  };
}

/** Answers come in order, but whoever awaits them may hear of a later one first. */
const causeOf = (error: unknown, { first }: Underway): unknown =>
  sqlState(error) === abortedTransaction && first !== undefined ? first : error;

/**
 * Runs `body` in one repeatable-read transaction and commits; rolls back when it throws. Throws CommitUnknown when the
 * connection is lost during COMMIT, a lost race (translate.ts) when somebody else won, Unavailable on an outage. One that changes more than Aurora DSQL takes is a
 * bug; only what never runs there may be "unlimited".
 */
export async function transaction<T>(
  pool: Pool,
  body: (on: Queryable) => Promise<T>,
  access: Access = "READ WRITE",
  size: "limited" | "unlimited" = "limited",
): Promise<T> {
  const lease = await pool.lease();
  let reusable = false;
  try {
    const underway: Underway = { begun: lease.begin(access), over: false };
    try {
      const limits = size === "limited" ? writeLimits() : undefined;
      const result = await body(sentWith(lease, underway, limits));
      await underway.begun;
      underway.over = true;
      await lease.commit();
      reusable = true;
      return result;
    } catch (error) {
      underway.over = true;
      const cause = causeOf(error, underway);
      reusable = !(cause instanceof Unavailable) && (await lease.rollback());
      throw cause;
    }
  } finally {
    lease.release(!reusable);
  }
}
