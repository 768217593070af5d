import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { recordPeriod } from "../../functions/totals/core.ts";
import { formatMinute } from "../../shared/base/instant.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Services } from "../platform/services.ts";

/** Records each insurer's control totals of the month so far, once nothing waits to be placed. */
export async function recordTotals(
  { ports, pools }: Services,
  insurers: readonly string[],
): Promise<void> {
  const period = formatMinute(ports.clock()).slice(0, 7);
  for (const insurer of insurers) {
    const recorded = await recordPeriod(ports, bookRows(pools.app), insurer, period);
    if (recorded === "nothing") continue;
    if (isRefusal(recorded)) throw new Error(recorded.detail);
    if ("waitsFor" in recorded) throw new Error("bug: a drained log has nothing waiting");
  }
}
