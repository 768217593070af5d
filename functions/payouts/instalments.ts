import { dayOf } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type Screening, screenEach } from "./screening.ts";

/** Instalments of one round. */
const batch = 200;

/**
 * Screens the instalments whose day (UTC) has come, oldest first, and approves under the pack those that ask for no person: from then on they are payouts like
 * others. `passOver` takes what one of them throws, with its handle. Gives how many were due.
 */
export async function screenDue(
  ports: CommandPorts,
  insurer: string,
  screening: Screening,
  passOver: (payout: Handle, error: unknown) => void,
): Promise<number> {
  const due = await ports.store.dueBy(insurer, dayOf(ports.clock()), batch);
  await screenEach(ports, insurer, due, screening, passOver);
  return due.length;
}
