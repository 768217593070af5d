import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const pollMs = 100;
const patienceMs = 120_000;

/** Waits until nothing that the platform's jobs would do is left: no record waits for its place, no claim for its pack. */
export async function untilIdle(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
      const { rows } = await client.query<{ left: string }>(
        `SELECT (SELECT count(*) FROM outbox WHERE insurer <> 'bare')
              + (SELECT count(*) FROM claim WHERE insurer <> 'bare' AND status = 'submitted') AS left`,
      );
      if (rows[0]?.left === "0") return;
      await sleep(pollMs);
    }
  } finally {
    await client.end();
  }
  throw new Error(`the platform was not idle within ${patienceMs / 1000} s`);
}
