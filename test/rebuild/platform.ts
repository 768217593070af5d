import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { rebuildStore } from "../../functions/adapters/postgres/rebuild.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import type { RowPorts } from "../../functions/command/row-cipher.ts";
import { openStream, readAccumulator } from "../../functions/command/rows.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { rebuildLog } from "../../functions/rebuild/core.ts";
import { signingGate } from "../../functions/signer/core.ts";
import { encodeState } from "../../shared/audit/streams.ts";
import { dayOf } from "../../shared/base/day.ts";
import { streamKinds } from "../../shared/base/event.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { AccumulatorRow, StreamRow } from "../../shared/ports/store.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { checkpointKeyOf, logSigners } from "../log/signers.ts";

export const insurer = "acme";
export const origin = `test.countersign.example/${insurer}`;
export const signers = logSigners(origin, 3);
export const keys = signers.map(({ key }) => key);

/** The stores that outlive a database. */
export interface Stores {
  readonly published: ObjectStore;
  readonly sealed: ObjectStore;
  readonly signed: ObjectStore;
}

/** A database with the roles that command and publish on it. */
export interface Place {
  readonly database: FreshDatabase;
  readonly ports: OperatorPorts;
  readonly log: LogPorts;
  readonly owner: Pool;
  /** The same log, signed with other keys. */
  signingWith(by: readonly (typeof signers)[number][]): LogPorts;
  close(): Promise<void>;
}

/** Opens a new, empty database for `ports` over `stores`. */
export async function newPlace(ports: OperatorPorts, stores: Stores): Promise<Place> {
  const database = await freshDatabase();
  const open = (url: string) => openPool({ url, max: 3 });
  const pools = [open(database.url("app")), open(database.url("sequencer"))] as const;
  const publisher = open(database.url("publisher"));
  const owner = open(database.superuserUrl);
  const [app, sequencer] = pools;
  const engine = tlogEngine({ pool: sequencer, clock: ports.clock });
  const { signed, published, sealed } = stores;
  const { originOf, clock } = ports;
  const gateOf = (by: readonly (typeof signers)[number][]) =>
    signingGate({
      store: signed,
      keys: by.map(checkpointKeyOf),
      extend: engine.extend,
      originOf,
      clock,
    });
  const log: LogPorts = {
    engine,
    gate: gateOf(signers),
    committed: committedEntries(publisher),
    published,
    live: published,
    sealed,
    logKeys: async () => keys,
    today: () => dayOf(clock()),
  };
  return {
    database,
    owner,
    signingWith: (by) => ({
      ...log,
      gate: gateOf(by),
      logKeys: async () => by.map(({ key }) => key),
    }),
    ports: { ...ports, store: postgresStore(app) },
    log,
    close: async () => {
      await Promise.all([...pools, publisher, owner].map((pool) => pool.end()));
      await database.drop();
    },
  };
}

/** Rebuilds the insurer's log into the place's database. */
export const rebuildInto = (place: Place, stores: Stores, trusted = keys) =>
  rebuildLog(
    {
      ...stores,
      ...place.ports,
      store: rebuildStore(place.owner, place.ports.clock),
      trust: async () => {
        const logs = trusted.map((key) => ({ key }));
        const policy = { logs, witnesses: [], groups: [], quorum: "none" };
        return { policy, requirements: [{ size: 1n, signatures: "ed25519+mldsa44" }] };
      },
    },
    insurer,
    () => undefined,
  );

/** Every row of a log, its state opened: all but orders, event ids, kept replies and principals, which the log does not hold. */
export async function rowsOf({ owner, ports }: Place): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  const query = async (text: string) => (await owner.query<Record<string, unknown>>(text)).rows;
  for (const kind of streamKinds) {
    const rows = await ports.store.transaction(insurer, async (on) => {
      if (kind === "insurer") return [await on.insurer()];
      const named = await query(`SELECT stream FROM ${kind} ORDER BY stream`);
      return on.streams(
        kind,
        named.map(({ stream }) => String(stream)),
      );
    });
    all[kind] = (await Promise.all(rows.map((row) => opened(ports, row)))).sort(byText);
  }
  const accumulators = await owner.query<AccumulatorRow>(
    "SELECT subject, version, 0::bigint AS ord, state, person FROM accumulator WHERE subject NOT LIKE 'person/%' AND subject NOT LIKE 'file/%' ORDER BY subject",
  );
  all.accumulator = accumulators.rows.map(({ subject, ...row }) => {
    const read = readAccumulator(ports, insurer, subject, { subject, ...row });
    return [subject, row.version, row.person, read?.accumulator.values];
  });
  for (const [table, columns] of Object.entries({
    entry: "idx, stream, version, leaf_hash, record",
    head: "size, frontier, root",
    sealed_leaves: "stream, version, leaves",
    sealed_part: "stream, version, person, class, ciphertext",
  })) {
    const found = await query(`SELECT ${columns} FROM ${table}`);
    all[table] = found.map((row) => Object.values(row)).sort(byText);
  }
  return all;
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === "bigint"
      ? part.toString()
      : part instanceof Uint8Array
        ? Buffer.from(part).toString("hex")
        : part,
  );
const byText = (a: unknown, b: unknown): number => (text(a) < text(b) ? -1 : 1);

async function opened(ports: RowPorts, row: StreamRow | undefined) {
  if (!row) return "none";
  const slot = await openStream(ports, insurer, row);
  const { kind, stream, version, leafHash, status, person, claim } = row;
  const state = slot && encodeState(kind, slot.state);
  return { kind, stream, version, leafHash, status, person, claim, state, fields: slot?.fields };
}
