import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { openRecord } from "../../functions/command/openings.ts";
import type { TestPlatform } from "../command/platform.ts";
import type { Entry } from "./bundle.ts";

const from = {
  /** What the outbox holds, in the order the sequencer takes it. */
  waiting: "outbox AS o",
  /** What the sequencer has placed, in the log's order. */
  placed: "entry AS o",
};
const order = { waiting: "o.ord, o.event_id", placed: "o.idx" };

/** An insurer's records, opened with the persons' keys. */
export async function committed(
  { superuserUrl, ports }: TestPlatform,
  insurer: string,
  where: keyof typeof from = "waiting",
): Promise<Entry[]> {
  const pool = openPool({ url: superuserUrl, max: 1 });
  try {
    const { rows } = await pool.query<{
      stream: string;
      version: bigint;
      record: Uint8Array;
      leaves: Uint8Array | null;
    }>(
      `SELECT o.stream, o.version, o.record, l.leaves FROM ${from[where]} LEFT JOIN sealed_leaves AS l
         ON l.insurer = o.insurer AND l.stream = o.stream AND l.version = o.version
       WHERE o.insurer = $1 ORDER BY ${order[where]}`,
      [insurer],
    );
    return await Promise.all(
      rows.map(async ({ record, leaves, ...place }) => ({
        bytes: record,
        leaves: Array.from({ length: (leaves?.length ?? 0) / 32 }, (_, i) =>
          (leaves ?? new Uint8Array(0)).slice(32 * i, 32 * i + 32),
        ),
        openings: await openRecord(ports, insurer, { ...place, record }),
      })),
    );
  } finally {
    await pool.end();
  }
}
