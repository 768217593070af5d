import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { requestDue } from "../../functions/eraser/requests.ts";
import { recordDue } from "../../functions/totals/core.ts";
import { startLoop } from "./jobs.ts";
import { startSelfAudit } from "./self-audit.ts";
import type { Services } from "./services.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Starts what is looked after again and again: last month's totals, what the retention schedule asks for, and the audit of the platform's own logs; gives what stops it. `wake` is called where a record was left to be placed. */
export function startPeriodic(
  services: Services,
  folder: string,
  wake: () => void,
  log: (line: string) => void,
): () => Promise<void> {
  const totals = startLoop(() => recordAllDue(services, wake), log, minuteMs);
  const retention = startLoop(() => askAllDue(services, wake, log), log, hourMs);
  const audit = startSelfAudit(services, folder, log);
  return async () => {
    await Promise.all([totals.stop(), retention.stop(), audit.stop()]);
  };
}

/** Last month's control totals of every insurer that lacks them; where records wait to be placed, the next round tries again. */
async function recordAllDue({ ports, pools }: Services, wake: () => void): Promise<void> {
  for (const insurer of await ports.store.insurers()) {
    await recordDue(ports, bookRows(pools.app), insurer);
  }
  wake();
}

/** Asks for every erasure that is due by an insurer's schedule; somebody has yet to approve each. */
export async function askAllDue(
  { ports, eraser }: Services,
  wake: () => void,
  log: (line: string) => void,
): Promise<void> {
  for (const insurer of await ports.store.insurers()) {
    const asked = await requestDue(ports, eraser.rows, insurer);
    if (asked.length > 0) log(`${insurer}: ${asked.length} erasures are due and wait for approval`);
  }
  wake();
}
