import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { recordPeriod } from "../../functions/totals/core.ts";
import { dayOf, formatDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Services } from "../platform/services.ts";

/** Records each insurer's control totals of the day so far, once nothing waits to be placed. */
export async function recordTotals(
  { ports, pools }: Services,
  insurers: readonly string[],
): Promise<void> {
  const period = formatDay(dayOf(ports.clock()));
  for (const insurer of insurers) {
    const recorded = await recordPeriod(ports, bookRows(pools.app), insurer, period);
    if (recorded === "nothing") continue;
    if (isRefusal(recorded)) throw new Error(recorded.detail);
    if ("waitsFor" in recorded) throw new Error("bug: a drained log has nothing waiting");
  }
}
