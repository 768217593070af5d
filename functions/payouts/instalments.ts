import { dayOf } from "../../shared/base/day.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type Screening, screenOldest } from "./screening.ts";

/**
 * Screens the instalments whose day (UTC) has come, oldest first, and approves under the pack those that ask for no person: from then on they are payouts like
 * others. `passOver` takes the Malformed of each row that somebody changed. Gives how many were due.
 */
export function screenDue(
  ports: CommandPorts,
  insurer: string,
  screening: Screening,
  passOver: (error: unknown) => void,
): Promise<number> {
  const today = dayOf(ports.clock());
  const oldest = (limit: number, skip: number) => ports.store.dueBy(insurer, today, limit, skip);
  return screenOldest(ports, insurer, { name: "due", oldest }, screening, passOver);
}
