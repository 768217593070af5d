import type { CommandPorts } from "../../functions/command/commit.ts";
import { each } from "../../functions/command/each.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { noList } from "./api.ts";
import { expected } from "./walk.ts";

const batch = 1_000;

/** Screens and approves every proposed payout of an insurer under its pack, `width` at a time. */
export async function approveAll(
  ports: CommandPorts,
  insurer: string,
  width: number,
  progress: () => void,
): Promise<void> {
  for (;;) {
    const waiting = await ports.store.waiting(insurer, "payout", "proposed", batch);
    if (waiting.length === 0) return;
    await each(waiting, width, async (payout) => {
      expected(await patiently(ports, () => screenAndApprove(ports, insurer, payout, noList)));
      progress();
    });
  }
}
