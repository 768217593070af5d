import type { CommandPorts } from "../command/commit.ts";
import { type LogAlarm, rowAlarms } from "../publisher/alarm.ts";
import { recordBreaches } from "./breaches.ts";
import { adjudicateWaiting } from "./core.ts";
import { redateClaims } from "./redate.ts";

/**
 * One round of one insurer: the pack decides up to `limit` claims that wait, open claims are dated by the clocks of now, and what ran out is recorded. A row that somebody
 * changed goes to `passOver` as Malformed that names it, and holds up none of the three. Gives how many were decided and recorded. Throws Unavailable.
 */
export async function claimRound(
  ports: CommandPorts,
  insurer: string,
  limit: number,
  passOver: (error: unknown) => void,
): Promise<number> {
  const passing = async (work: Promise<number>): Promise<number> => {
    try {
      return await work;
    } catch (error) {
      passOver(error);
      return 0;
    }
  };
  const decided = await passing(adjudicateWaiting(ports, insurer, limit));
  await passing(redateClaims(ports, insurer));
  return decided + (await passing(recordBreaches(ports, insurer)));
}

const perCall = 100;

/** {@link claimRound} as a function's turn of one log: how many were decided and recorded, or the first alarm. Throws Unavailable. */
export async function claimJob(ports: CommandPorts, insurer: string): Promise<number | LogAlarm> {
  const alarms: LogAlarm[] = [];
  const passOver = rowAlarms((alarm) => alarms.push(alarm));
  const done = await claimRound(ports, insurer, perCall, passOver);
  return alarms[0] ?? done;
}
