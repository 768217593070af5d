import { setTimeout as sleep } from "node:timers/promises";
import { advance } from "../../functions/publisher/advance.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { insurer, openStage, type Setting } from "./stage.ts";
import { type Death, watchFor } from "./steps.ts";

/*
 * Sequencer, signer and publisher of one log, as fast as they can, until this process kills itself at the step it was told, or its standard input
 * ends. It says so when it is up; an alarm is told on standard output too and ends it with 3.
 */
const { setting, death, day }: { setting: Setting; death?: Death; day: string } = JSON.parse(
  process.argv[2] ?? "",
);
process.stdin.resume().once("end", () => process.exit(0));
const watching = watchFor(death, () => process.kill(process.pid, "SIGKILL"));
const walk = { ...openStage(setting, watching).walk, today: () => BigInt(day) };
process.stdout.write("up\n");
for (;;) {
  try {
    const step = await advance(walk, insurer);
    if ("alarm" in step) {
      process.stdout.write(`${JSON.stringify(step)}\n`);
      process.exit(3);
    }
    if (step.placed === 0) await sleep(5);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    await sleep(20);
  }
}
