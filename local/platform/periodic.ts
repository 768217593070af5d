import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { recordDue } from "../../functions/totals/core.ts";
import { startLoop } from "./jobs.ts";
import { startSelfAudit } from "./self-audit.ts";
import type { Services } from "./services.ts";

const minuteMs = 60_000;

/** Starts what is looked after again and again: last month's totals, and the audit of the platform's own logs; gives what stops it. `wake` is called where a record was left to be placed. */
export function startPeriodic(
  services: Services,
  folder: string,
  wake: () => void,
  log: (line: string) => void,
): () => Promise<void> {
  const totals = startLoop(() => recordAllDue(services, wake), log, minuteMs);
  const audit = startSelfAudit(services, folder, log);
  return async () => {
    await Promise.all([totals.stop(), audit.stop()]);
  };
}

/** Last month's control totals of every insurer that lacks them; where records wait to be placed, the next round tries again. */
async function recordAllDue({ ports, pools }: Services, wake: () => void): Promise<void> {
  for (const insurer of await ports.store.insurers()) {
    await recordDue(ports, bookRows(pools.app), insurer);
  }
  wake();
}
