import { alarmOf, type LogAlarm, rowAlarms } from "../publisher/alarm.ts";
import { agedBreaks, agedText } from "./aged.ts";
import { type CollectPorts, collect } from "./collect.ts";
import { reconcile } from "./reconcile.ts";
import { sendUnsent } from "./send.ts";

/**
 * One round with an insurer's bank: released files go out, what the bank said is taken in, and once a day ledger, files and messages are held against each other.
 * A row that somebody changed holds up none of the three. Gives how many files and messages there were, or the first alarm. Throws Unavailable.
 */
export async function exchange(ports: CollectPorts, insurer: string): Promise<number | LogAlarm> {
  const { commands, rows } = ports;
  const alarms: LogAlarm[] = [];
  const passOver = rowAlarms((alarm) => alarms.push(alarm));
  const passing = async (work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      passOver(error);
      return 0;
    }
  };
  const sent = await passing(() => sendUnsent(ports, insurer));
  const taken = await passing(() => collect(ports, insurer));
  await passing(async () => {
    await reconcile(commands, rows, insurer);
    return 0;
  });
  const aged = agedText(await agedBreaks(rows, insurer, commands.clock()));
  if (aged) alarms.push(alarmOf("breaks-aged", aged));
  return alarms[0] ?? sent + taken;
}
