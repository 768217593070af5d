import { isRefusal } from "../../shared/base/refusal.ts";
import type { ReleaseOrders } from "../../shared/ports/release-orders.ts";
import type { CommandPorts } from "../command/commit.ts";
import { alarmOf, type LogAlarm } from "../publisher/alarm.ts";
import { screenHeld } from "./held.ts";
import { screenDue } from "./instalments.ts";
import { releaseOrdered } from "./release-orders.ts";
import { type Screening, screenOldest } from "./screening.ts";

/** What the round works on: without `orders` nothing is released. */
export interface PayoutPorts extends CommandPorts {
  readonly orders?: ReleaseOrders;
}

/**
 * One round of one insurer: proposed payouts, due instalments and those held for a day are screened, and approved under the pack; ordered releases are carried out in their windows. A
 * row that somebody changed goes to `passOver` as Malformed that names it, and holds up no other; an order whose person may no longer release is an alarm for
 * `onAlarm`. Gives how many it looked at. Throws Unavailable.
 */
export async function payoutRound(
  ports: PayoutPorts,
  insurer: string,
  screening: Screening,
  passOver: (error: unknown) => void,
  onAlarm: (alarm: LogAlarm) => void,
): Promise<number> {
  const oldest = (limit: number, skip: number) =>
    ports.store.waiting(insurer, "payout", "proposed", limit, skip);
  const list = { name: "proposed", oldest };
  const proposed = await screenOldest(ports, insurer, list, screening, passOver);
  const due = await screenDue(ports, insurer, screening, passOver);
  const held = await screenHeld(ports, insurer, screening, passOver);
  const { orders } = ports;
  if (!orders) return proposed + due + held;
  const done = await releaseOrdered({ ...ports, orders }, insurer, screening, passOver);
  for (const { file, outcome } of done) {
    if (outcome !== "lapsed" && isRefusal(outcome) && outcome.refused === "not-permitted") {
      onAlarm(alarmOf("order-refused", `release order ${file}: ${outcome.detail}`));
    }
  }
  return proposed + due + held + done.length;
}
