import type { Handle } from "../../shared/base/handle.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type Screening, screenEach } from "./screening.ts";

/** Held payouts of one round. */
const batch = 200;

/** How long after it was held, or found held again, a payout is screened again: a day, in which a list has a new version and an outage is over. */
export const heldForUs = 86_400_000_000n;

/**
 * Screens held payouts again, the longest held first: each at most once a day, for its row has when it was screened last, and each time is a record. One that is
 * clear goes on from where it was held; one that is not, or of which nobody can say, stays held. `passOver` takes what one of them throws, with its
 * handle. Gives how many were due.
 */
export async function screenHeld(
  ports: CommandPorts,
  insurer: string,
  screening: Screening,
  passOver: (payout: Handle, error: unknown) => void,
): Promise<number> {
  const due = await ports.store.heldBefore(insurer, ports.clock() - heldForUs, batch);
  await screenEach(ports, insurer, due, screening, passOver);
  return due.length;
}
