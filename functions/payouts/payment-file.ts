import type { Handle } from "../../shared/base/handle.ts";
import { paymentFileOf, type ReleasedPayout } from "../../shared/payout/payment-file.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import type { CommandPorts } from "../command/commit.ts";
import { openStream } from "../command/rows.ts";

/** The payouts of a payment file and its bytes; no bytes where the data of one of them was erased. */
export interface DerivedFile {
  readonly payouts: readonly Handle[];
  readonly bytes: Uint8Array | undefined;
}

/** Makes a payment file again from the rows of its payouts; no payouts where none was released in a file of that name. Throws Unavailable. */
export async function derivePaymentFile(
  ports: CommandPorts,
  insurer: string,
  file: Handle,
): Promise<DerivedFile> {
  const payouts = await ports.store.payoutsIn(insurer, file);
  if (payouts.length === 0) return { payouts, bytes: undefined };
  const rows = await ports.store.read(insurer, (on) => on.streams("payout", payouts));
  const released: ReleasedPayout[] = [];
  for (const row of rows) {
    const slot = await openStream(ports, insurer, row);
    if (slot) released.push({ payout: row.stream, state: slot.state as PayoutState });
  }
  return { payouts, bytes: paymentFileOf(released) };
}
