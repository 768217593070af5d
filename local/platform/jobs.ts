import { claimRound } from "../../functions/adjudicator/round.ts";
import { type PayoutPorts, payoutRound } from "../../functions/payouts/round.ts";
import type { Screening } from "../../functions/payouts/screening.ts";
import { type LogAlarm, rowAlarms } from "../../functions/publisher/alarm.ts";
import { wakeUp } from "../../functions/publisher/wake-up.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** Work that waits in rows is looked for this often. */
const intervalMs = 250;
/** From the beginning of one look to the next one's, however often a loop is woken: what came meanwhile is done together. */
const leastMs = 100;
const batch = 200;

/** A running loop. */
export interface Loop {
  wake(): void;
  /** Lets the work under way finish. */
  stop(): Promise<void>;
}

/** Calls `work` every `everyMs`, and when woken, until stopped. An outage is told to `log` and tried again. */
export function startLoop(
  work: () => Promise<unknown>,
  log: (line: string) => void,
  everyMs = intervalMs,
): Loop {
  const wake = wakeUp();
  const stopping = wakeUp();
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const seen = wake.count();
      const beganMs = performance.now();
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        log(`waiting: ${error.message}`);
      }
      await stopping.sleep(Math.max(0, beganMs + leastMs - performance.now()), 0);
      if (!stopped) await wake.sleep(everyMs, seen);
    }
  };
  const running = run();
  return {
    wake: () => wake.wake(),
    stop: async () => {
      stopped = true;
      stopping.wake();
      wake.wake();
      await running;
    },
  };
}

/** What the jobs need. */
export type JobPorts = PayoutPorts;

/**
 * The pack decides submitted claims, clocks that ran out are recorded; proposed payouts, due instalments and those held for a day are screened, and approved under the pack; ordered releases are carried out in their
 * windows. One round over all insurers: one whose log takes
 * nothing more holds up no other, and its Unavailable is thrown when all had their turn. A row that somebody changed is an alarm for `onAlarm`, and
 * is passed over. Gives how much was done or looked at.
 */
export async function workOnce(
  ports: JobPorts,
  insurers: readonly string[],
  screening: Screening,
  onAlarm: (insurer: string, alarm: LogAlarm) => void,
): Promise<number> {
  let done = 0;
  const outages: Unavailable[] = [];
  for (const insurer of insurers) {
    try {
      done += await workFor(ports, insurer, screening, (alarm) => onAlarm(insurer, alarm));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      outages.push(error);
    }
  }
  if (outages[0]) throw outages[0];
  return done;
}

async function workFor(
  ports: JobPorts,
  insurer: string,
  screening: Screening,
  onAlarm: (alarm: LogAlarm) => void,
): Promise<number> {
  const passOver = rowAlarms(onAlarm);
  const decided = await claimRound(ports, insurer, batch, passOver);
  return decided + (await payoutRound(ports, insurer, screening, passOver, onAlarm));
}
