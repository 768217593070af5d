import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { CommitUnknown } from "../../functions/adapters/postgres/translate.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { LedgerEngine, PendingRecord } from "../../shared/ports/ledger.ts";
import { freshDatabase } from "../cluster/database.ts";

/** A database with the head of `log`, and pools of the roles that sequence, publish and submit. */
export interface SampleLog {
  readonly log: string;
  readonly sequencer: Pool;
  readonly publisher: Pool;
  readonly owner: Pool;
  engine(pool?: Pool): LedgerEngine;
  submit(records: readonly PendingRecord[], log?: string): Promise<void>;
  close(): Promise<void>;
}

export const clock = (): bigint => BigInt(Date.now()) * 1000n;

export async function sampleLog(log = "acme", ...more: string[]): Promise<SampleLog> {
  const database = await freshDatabase();
  const app = openPool({ url: database.url("app"), max: 4 });
  const sequencer = openPool({ url: database.url("sequencer"), max: 8 });
  const publisher = openPool({ url: database.url("publisher"), max: 4 });
  const owner = openPool({ url: database.superuserUrl, max: 2 });
  for (const each of [log, ...more]) {
    await app.query(
      "INSERT INTO head (insurer, size, frontier, root, claimed_at) VALUES ($1, 0, $2, $2, 0)",
      [each, new Uint8Array(0)],
    );
  }
  return {
    log,
    sequencer,
    publisher,
    owner,
    engine: (pool = sequencer) => tlogEngine({ pool, clock }),
    submit: async (records, into = log) => {
      const column = <K extends keyof PendingRecord>(key: K) => records.map((row) => row[key]);
      await app.query(
        `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
         SELECT $1, * FROM
         unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])`,
        [
          into,
          column("ord"),
          column("eventId"),
          column("stream"),
          column("version"),
          column("leafHash"),
          column("record"),
        ],
      );
    },
    close: async () => {
      await Promise.all([app.end(), sequencer.end(), publisher.end(), owner.end()]);
      await database.drop();
    },
  };
}

/** `count` records numbered from `first`, in the order they must be placed; two share each ord. */
export function sampleRecords(count: number, first = 0, name = "a"): PendingRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const record = utf8(JSON.stringify({ n, name, text: "x".repeat(n % 300) }));
    return {
      eventId: `${name}-${n.toString().padStart(9, "0")}`,
      stream: `${name}-stream-${n}`,
      version: 1n,
      ord: 1_000_000n + BigInt(n >> 1),
      leafHash: leafHash(record),
      record,
    };
  });
}

/** `pool`, but the next COMMIT loses its answer: after it happened ("kept") or before it did ("lost"). */
export function losingCommits(pool: Pool): { pool: Pool; loseNext(how: "kept" | "lost"): void } {
  let next: "kept" | "lost" | undefined;
  return {
    loseNext: (how) => {
      next = how;
    },
    pool: {
      ...pool,
      lease: async () => {
        const lease = await pool.lease();
        return {
          ...lease,
          commit: async () => {
            const how = next;
            next = undefined;
            if (how === "lost") await lease.rollback();
            else await lease.commit();
            if (how !== undefined) throw new CommitUnknown();
          },
        };
      },
    },
  };
}
