import { claimRound } from "../../functions/adjudicator/round.ts";
import { type PayoutPorts, payoutRound } from "../../functions/payouts/round.ts";
import type { Screening } from "../../functions/payouts/screening.ts";
import { type LogAlarm, rowAlarms } from "../../functions/publisher/alarm.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** Work that waits in rows is looked for this often, and at once when woken. */
const intervalMs = 250;
const batch = 200;

/** A running loop. */
export interface Loop {
  wake(): void;
  /** Lets the work under way finish. */
  stop(): Promise<void>;
}

/** Calls `work` every `everyMs`, at once when woken, until stopped. An outage is told to `log` and tried again. */
export function startLoop(
  work: () => Promise<void>,
  log: (line: string) => void,
  everyMs = intervalMs,
): Loop {
  let stopped = false;
  let woken = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        log(`waiting: ${error.message}`);
      }
      if (stopped) return;
      const timer = setTimeout(() => woken.resolve(), everyMs);
      await woken.promise;
      clearTimeout(timer);
      woken = Promise.withResolvers<void>();
    }
  };
  const running = run();
  return {
    wake: () => woken.resolve(),
    stop: async () => {
      stopped = true;
      woken.resolve();
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
 * is passed over.
 */
export async function workOnce(
  ports: JobPorts,
  insurers: readonly string[],
  screening: Screening,
  onAlarm: (insurer: string, alarm: LogAlarm) => void,
): Promise<void> {
  const outages: Unavailable[] = [];
  for (const insurer of insurers) {
    try {
      await workFor(ports, insurer, screening, (alarm) => onAlarm(insurer, alarm));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      outages.push(error);
    }
  }
  if (outages[0]) throw outages[0];
}

async function workFor(
  ports: JobPorts,
  insurer: string,
  screening: Screening,
  onAlarm: (alarm: LogAlarm) => void,
): Promise<void> {
  const passOver = rowAlarms(onAlarm);
  await claimRound(ports, insurer, batch, passOver);
  await payoutRound(ports, insurer, screening, passOver, onAlarm);
}
