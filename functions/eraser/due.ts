import type { CommandPorts } from "../command/commit.ts";
import { carryOutApproved } from "./core.ts";
import { deleteLate, type EraserPorts } from "./effects.ts";
import { requestDue } from "./requests.ts";

const perCall = 10;

/** One round of one insurer: asks for what the retention schedule makes due, carries out at most 10 approved erasures, and deletes documents that came after one. Gives how many acts. Throws Unavailable. */
export async function eraseDue(
  commands: CommandPorts,
  ports: EraserPorts,
  insurer: string,
): Promise<number> {
  const asked = await requestDue(commands, ports.rows, insurer);
  const carried = await carryOutApproved(commands, ports, insurer, perCall);
  await deleteLate(ports, insurer, commands.clock());
  return asked.length + carried;
}
