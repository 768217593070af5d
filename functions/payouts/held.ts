import type { CommandPorts } from "../command/commit.ts";
import { type Screening, screenOldest } from "./screening.ts";

/** How long after it was held, or found held again, a payout is screened again: a day, in which a list has a new version and an outage is over. */
export const heldForUs = 86_400_000_000n;

/**
 * Screens held payouts again, the longest held first: each at most once a day, for its row has when it was screened last, and each time is a record. One that is
 * clear goes on from where it was held; one that is not, or of which nobody can say, stays held. `passOver` takes the Malformed of each row that somebody
 * changed. Gives how many were due.
 */
export function screenHeld(
  ports: CommandPorts,
  insurer: string,
  screening: Screening,
  passOver: (error: unknown) => void,
): Promise<number> {
  const before = ports.clock() - heldForUs;
  const oldest = (limit: number, skip: number) =>
    ports.store.heldBefore(insurer, before, limit, skip);
  return screenOldest(ports, insurer, { name: "held", oldest }, screening, passOver);
}
