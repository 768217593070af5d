import { alarmOf, type LogAlarm, rowAlarms } from "../publisher/alarm.ts";
import { type PayoutPorts, payoutRound } from "./round.ts";
import type { Screening } from "./screening.ts";

/**
 * {@link payoutRound} as a function's turn of one log: how many payouts it looked at, or an alarm: of orders that were refused, which no later turn tells again, else the first. Without a provider to ask nothing moves: what waits stays proposed, and that it
 * waits is the alarm. Throws Unavailable.
 */
export async function payoutJob(
  ports: PayoutPorts,
  insurer: string,
  screening: Screening | undefined,
): Promise<number | LogAlarm> {
  if (!screening) {
    const [waits] = await ports.store.waiting(insurer, "payout", "proposed", 1);
    const detail = "payouts wait as proposed: no screening provider is configured";
    return waits === undefined ? 0 : alarmOf("screening-missing", detail);
  }
  const alarms: LogAlarm[] = [];
  const onAlarm = (alarm: LogAlarm): void => void alarms.push(alarm);
  const looked = await payoutRound(ports, insurer, screening, rowAlarms(onAlarm), onAlarm);
  const refused = alarms.filter(({ alarm }) => alarm === "order-refused");
  if (refused.length === 0) return alarms[0] ?? looked;
  return alarmOf("order-refused", refused.map(({ detail }) => detail).join("; "));
}
